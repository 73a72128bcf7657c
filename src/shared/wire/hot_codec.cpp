#include "wire/hot_codec.hpp"

#include <algorithm>

namespace cp::wire {
namespace {

constexpr std::uint8_t flag_leading = 1U;
constexpr std::uint8_t flag_serving = 2U;
constexpr std::uint8_t flag_report_now = 1U;
constexpr unsigned parity_report_now = 0x80; // beside the index

constexpr bool fits_24_bits(std::uint32_t number) { return number < 1U << 24U; }

} // namespace

bool fits(const Heartbeat&) { return true; }
bool fits(const Data& m) { return fits_24_bits(m.segment); }
bool fits(const Parity& m) { return fits_24_bits(m.block) && m.index < limits::parity_per_block_max; }
bool fits(const Report& m) {
    return fits_24_bits(m.have) && m.gaps.size() <= limits::gaps_per_report_max &&
           std::ranges::all_of(m.gaps, [](const BlockGap& gap) { return fits_24_bits(gap.block); });
}

void write_hot(ByteWriter& w, const Heartbeat& m) {
    w.u32(m.node.value);
    w.u64(m.epoch.counter);
    w.u32(m.epoch.leader.value);
    w.u64(m.epoch.incarnation);
    w.u8(static_cast<std::uint8_t>((m.leading ? flag_leading : 0U) | (m.serving ? flag_serving : 0U)));
    w.u16(m.load);
    w.u16(m.tasks);
    w.u16(m.followers);
}

bool read_hot(ByteReader& r, Heartbeat& m) {
    m.node.value = r.u32();
    m.epoch.counter = r.u64();
    m.epoch.leader.value = r.u32();
    m.epoch.incarnation = r.u64();
    const std::uint8_t flags = r.u8();
    m.leading = (flags & flag_leading) != 0;
    m.serving = (flags & flag_serving) != 0;
    m.load = r.u16();
    m.tasks = r.u16();
    m.followers = r.u16();
    return r.ok() && (flags & ~(flag_leading | flag_serving)) == 0;
}

void write_hot(ByteWriter& w, const Data& m) {
    w.u32(m.transfer.value);
    w.u24(m.segment);
    w.u8(m.report_now ? flag_report_now : 0);
    w.bytes(m.bytes);
}

bool read_hot(ByteReader& r, Data& m) {
    m.transfer.value = r.u32();
    m.segment = r.u24();
    const std::uint8_t flags = r.u8();
    m.report_now = (flags & flag_report_now) != 0;
    m.bytes = r.rest();
    return r.ok() && (flags & ~flag_report_now) == 0;
}

void write_hot(ByteWriter& w, const Parity& m) {
    w.u32(m.transfer.value);
    w.u24(m.block);
    w.u8(static_cast<std::uint8_t>(m.index | (m.report_now ? parity_report_now : 0U)));
    w.bytes(m.bytes);
}

bool read_hot(ByteReader& r, Parity& m) {
    m.transfer.value = r.u32();
    m.block = r.u24();
    const unsigned flags = r.u8();
    m.index = static_cast<std::uint8_t>(flags & ~parity_report_now);
    m.report_now = (flags & parity_report_now) != 0;
    m.bytes = r.rest();
    return r.ok() && m.index < limits::parity_per_block_max;
}

void write_hot(ByteWriter& w, const Report& m) {
    w.u32(m.transfer.value);
    w.u8(static_cast<std::uint8_t>(m.state));
    w.u64(m.highest);
    w.u32(m.window);
    w.u24(m.have);
    w.u8(static_cast<std::uint8_t>(m.gaps.size()));
    for (const BlockGap& gap : m.gaps) {
        w.u24(gap.block);
        w.bytes(gap.missing);
    }
}

bool read_hot(ByteReader& r, Report& m) {
    m.transfer.value = r.u32();
    const std::uint8_t state = r.u8();
    m.state = static_cast<ReceiverState>(state);
    m.highest = r.u64();
    m.window = r.u32();
    m.have = r.u24();
    const std::size_t gaps = r.u8();
    if (state < 1 || state > static_cast<std::uint8_t>(ReceiverState::refused)) return false;
    if (gaps > limits::gaps_per_report_max) return false;
    for (std::size_t i = 0; i < gaps && r.ok(); ++i) {
        BlockGap& gap = m.gaps.emplace_back();
        gap.block = r.u24();
        gap.missing = r.array<limits::segments_per_block / 8>();
    }
    return r.ok();
}

} // namespace cp::wire
