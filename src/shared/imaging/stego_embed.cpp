// hide(): the way from a payload to changed samples.
#include "base/check.hpp"
#include "crypto/aes_ctr.hpp"
#include "crypto/keys.hpp"
#include "imaging/hill.hpp"
#include "imaging/stego.hpp"
#include "imaging/stego_cover.hpp"
#include "imaging/stego_format.hpp"
#include "imaging/trellis.hpp"

#include <algorithm>
#include <array>
#include <atomic>

namespace cp::imaging {
namespace {

using CostTable = std::array<std::uint16_t, 256>;

// Cost codes as the trellis' numbers. What will be changed at this rate gets the fine steps: the cost below
// which there are twice as many samples as bits becomes 256. Flat places do not count: their cost is the
// highest, whatever their share.
CostTable cost_table(std::span<const std::uint8_t> codes, std::uint64_t bits) {
    std::array<std::uint64_t, 256> counts{};
    for (std::uint8_t code : codes) ++counts[code];
    const std::uint64_t textured = codes.size() - counts[hill_wet];
    const std::uint64_t wanted = std::min<std::uint64_t>(2 * bits, textured / 10 * 9);
    std::uint8_t pivot_code = 0;
    for (std::uint64_t below = counts[0]; below < wanted;) below += counts[++pivot_code];
    const std::uint64_t pivot = hill_value(pivot_code);
    CostTable table{};
    for (unsigned code = 0; code < table.size(); ++code) {
        const std::uint64_t value = hill_value(static_cast<std::uint8_t>(code));
        const std::uint64_t cost = (value * 256 + pivot / 2) / pivot;
        table[code] = static_cast<std::uint16_t>(std::clamp<std::uint64_t>(cost, 1, trellis_cost_max));
    }
    table[hill_wet] = trellis_cost_max;
    return table;
}

// Which way samples are changed: one bit for each place of a segment. Of the task's seed and not of the key,
// so that two pictures of one user have nothing in common.
Bits draw_signs(const Seed& seed, std::uint32_t segment, std::size_t count) {
    Aes128Ctr::Key key{};
    hkdf_sha256(seed, {}, as_bytes("CP stego v1 signs"), key);
    Aes128Ctr::CounterBlock block{};
    ByteWriter{block}.u64(segment);
    Bytes stream(count / 8 + 1);
    Aes128Ctr{key, block}.apply(stream, stream);
    return to_bits(stream);
}

class Embedder {
public:
    // All given outlives it.
    Embedder(const Picture& picture, const HideJob& job, std::span<const std::uint8_t> codes,
             const Bits& header, const Bits& body)
        : samples_{picture}, order_{job.keys.location, picture.colour_samples()}, shares_{order_,
                                                                                          body.size()},
          job_{job}, codes_{codes}, header_{header}, body_{body}, table_{cost_table(
                                                                      codes, header.size() + body.size())} {}

    [[nodiscard]] std::uint32_t groups() const { return segment_groups(order_); }

    // How many samples were changed. Different groups may run at once.
    [[nodiscard]] std::uint64_t run(std::uint32_t index) const {
        const SegmentGroup group = segment_group(order_, index);
        const std::size_t rounds = order_.rounds();
        Scratch scratch{job_.height};
        scratch.bits.resize(rounds * group.count);
        scratch.codes.resize(rounds * group.count);
        visit_group(order_, group, [&](std::size_t place, std::uint64_t sample) {
            scratch.bits[place] = samples_.lowest_bit(sample);
            scratch.codes[place] = codes_[sample];
        });
        std::uint64_t changed = 0;
        for (std::uint32_t g = 0; g < group.count; ++g)
            changed += embed(group.first + g, rounds * g, scratch);
        return changed;
    }

private:
    struct Scratch {
        explicit Scratch(unsigned height) : header{header_height}, body{height} {}
        std::vector<std::uint8_t> bits; // of the group, by place
        std::vector<std::uint8_t> codes;
        std::vector<std::uint32_t> rounds; // of one segment, in the order of use
        Bits ordered;
        std::vector<std::uint16_t> costs;
        TrellisEncoder header;
        TrellisEncoder body;
    };

    [[nodiscard]] std::uint64_t embed(std::uint32_t segment, std::size_t row, Scratch& scratch) const {
        order_.shuffle(segment, scratch.rounds);
        const std::size_t count = scratch.rounds.size();
        scratch.ordered.resize(count);
        scratch.costs.resize(count);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t place = row + scratch.rounds[i];
            scratch.ordered[i] = scratch.bits[place];
            scratch.costs[i] = table_[scratch.codes[place]];
        }
        std::span<std::uint8_t> bits{scratch.ordered};
        std::span<const std::uint16_t> costs{scratch.costs};
        if (segment == 0) {
            scratch.header.embed(bits.first(header_samples), costs.first(header_samples), header_);
            bits = bits.subspan(header_samples);
            costs = costs.subspan(header_samples);
        }
        const std::span body{body_};
        scratch.body.embed(bits, costs, body.subspan(shares_.begin(segment), shares_.size(segment)));
        return change(segment, row, scratch);
    }

    [[nodiscard]] std::uint64_t change(std::uint32_t segment, std::size_t row, const Scratch& scratch) const {
        const Bits up = draw_signs(job_.seed, segment, scratch.rounds.size());
        std::uint64_t changed = 0;
        for (std::size_t i = 0; i < scratch.rounds.size(); ++i) {
            const std::uint32_t round = scratch.rounds[i];
            if (scratch.ordered[i] == scratch.bits[row + round]) continue;
            samples_.change(order_.sample(segment, round), up[i] != 0);
            ++changed;
        }
        return changed;
    }

    ColourSamples samples_;
    SampleOrder order_;
    BodyShares shares_;
    const HideJob& job_;
    std::span<const std::uint8_t> codes_;
    const Bits& header_;
    const Bits& body_;
    CostTable table_;
};

bool is_kind(HiddenKind kind) {
    return kind == HiddenKind::text || kind == HiddenKind::file || kind == HiddenKind::image;
}

} // namespace

Result<HideReport> hide(Picture& picture, const HideJob& job, const ParallelFor& spread) {
    if (!is_trellis_height(job.height) || !is_kind(job.kind) || job.name.size() > hidden_name_max)
        return errc::bad_field;
    const Packed packed = pack(job.name, job.payload);
    if (!stego_fits(picture.colour_samples(), packed.bytes.size(), rate_max)) return errc::too_small;
    const auto body = seal_body(packed.bytes, job);
    if (!body) return body.error();
    const StegoHeader header{.salt = derive_salt(job.seed),
                             .kind = job.kind,
                             .compressed = packed.compressed,
                             .height = job.height,
                             .profile = job.keys.profile,
                             .size = static_cast<std::uint32_t>(packed.bytes.size())};
    const Bits header_bits = to_bits(seal_header(header, job.keys));
    const Bits body_bits = to_bits(*body);
    const std::vector<std::uint8_t> codes = hill_costs(picture, spread);
    const Embedder embedder{picture, job, codes, header_bits, body_bits};
    std::atomic<std::uint64_t> changed{0};
    spread(embedder.groups(),
           [&](std::size_t group) { changed += embedder.run(static_cast<std::uint32_t>(group)); });
    return HideReport{.bits = header_bits.size() + body_bits.size(), .changed = changed};
}

} // namespace cp::imaging
