// Hides bytes in a picture so that neither an eye nor, at small payloads, a trained detector finds them, and
// finds them again with the key alone. Costs: hill.hpp; code: trellis.hpp; order: sample_order.hpp; what the
// bits mean, byte for byte: docs/formats.md. Changes are +1 or -1 and never wrap.
//
// What is hidden is compressed where that helps, then a CPE1 body (container.hpp): encrypted and
// authenticated. Without the key it cannot be told from noise; with another key there is nothing.
//
// Deterministic: all chance comes from the job's seed. Pure and safe from any thread; the work of large
// pictures is spread with the given ParallelFor.
#pragma once

#include "base/result.hpp"
#include "imaging/image_probe.hpp"
#include "imaging/job.hpp"
#include "imaging/parallel_for.hpp"
#include "imaging/picture.hpp"
#include "imaging/stego_keys.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cp::imaging {

// What the payload is. The values are the format's.
enum class HiddenKind : std::uint8_t { text = 1, file = 2, image = 3 };

struct Hidden {
    HiddenKind kind = HiddenKind::text;
    std::string name; // of the file, at most hidden_name_max bytes; empty for a text
    Bytes data;
    std::uint64_t bits = 0; // that the picture carries, all overhead included
};
inline constexpr std::size_t hidden_name_max = 255;

struct HideJob {
    Seed seed{};        // of this picture alone, as for Job
    StegoKeys keys;     // derive_stego_keys()
    ContainerKeys body; // file_key_for(secret, stego_parameters(profile), seed)
    HiddenKind kind = HiddenKind::text;
    std::string name;
    ByteView payload;    // outlives hide()
    unsigned height = 8; // of the trellis: 8, or 10 for a little less to be found and four times the work
};

struct HideReport {
    std::uint64_t bits = 0;    // hidden, all overhead included
    std::uint64_t changed = 0; // samples
};

// In place. Errors: too_small (over capacity: stego_capacity() has the numbers), bad_field (height, name,
// kind), bad_profile.
[[nodiscard]] Result<HideReport> hide(Picture&, const HideJob&, const ParallelFor& spread);

// Errors: nothing_hidden (for this secret), damaged (something is hidden, but not whole), wrong_version,
// too_large (more than `payload_max` bytes), and those of derive_stego_keys().
[[nodiscard]] Result<Hidden> extract(const Picture&, const Secret&, std::string_view user,
                                     std::uint64_t payload_max, const ParallelFor& spread);

// --- how much fits. Rates are bits per colour sample, in thousandths.
inline constexpr unsigned rate_default = 50; // what is advised: above it detectors do better
inline constexpr unsigned rate_max = 400;    // what is done at all

// Bytes of payload and name together that fit into `samples` colour samples at a rate; none: not even an
// empty payload does.
[[nodiscard]] std::optional<std::uint64_t> stego_capacity(std::uint64_t samples, unsigned rate);
// The fewest colour samples in which so many bytes of payload and name fit.
[[nodiscard]] std::uint64_t stego_samples_for(std::uint64_t bytes, unsigned rate);

// What name and payload come to after compression: what capacities are compared with.
[[nodiscard]] std::uint64_t packed_size(std::string_view name, ByteView payload);

// One line each for people: why so many packed bytes do not fit, with the smallest colour picture that would
// do; why a picture is too large for the memory there is.
[[nodiscard]] std::string too_small_line(std::uint64_t samples, std::uint64_t packed);
[[nodiscard]] std::string memory_refusal(const ImageInfo&, std::uint64_t needed, std::uint64_t there);

} // namespace cp::imaging
