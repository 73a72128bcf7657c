// The plain way to hide a text: its bits one after another in the lowest bits of the samples, from the first
// pixel on, behind its length. No key, no integrity, and found by every detector: for compatibility and to
// show the difference to stego.hpp. The format is in docs/formats.md. Pure; safe from any thread.
#pragma once

#include "base/result.hpp"
#include "imaging/picture.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cp::imaging {

// Bytes of text that fit; 0 also when not even the length does.
[[nodiscard]] std::uint64_t lsb_capacity(std::uint64_t samples);

// In place. Errors: too_small.
[[nodiscard]] Result<void> lsb_hide(Picture&, std::string_view text);

// Errors: nothing_hidden, when what stands there is no length that fits, or no UTF-8 text.
[[nodiscard]] Result<std::string> lsb_extract(const Picture&);

// Why so many bytes do not fit, and what would do.
[[nodiscard]] std::string lsb_refusal(std::uint64_t samples, std::uint64_t bytes);

} // namespace cp::imaging
