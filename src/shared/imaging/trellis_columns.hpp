// The columns of the parity-check matrix. Private to trellis.cpp.
#pragma once

#include <cstdint>
#include <vector>

namespace cp::imaging {

// `width` columns of `height` bits; bit 0 is the block's own message bit and always set. Above 20 the 20 come
// round again. REQUIRES: height 8 or 10, width > 0.
[[nodiscard]] std::vector<std::uint16_t> trellis_columns(unsigned height, std::uint32_t width);

} // namespace cp::imaging
