// The image probe on any bytes: reads nothing outside them, and a size it tells is one.
#include "base/check.hpp"
#include "imaging/image_probe.hpp"

using namespace cp;
using namespace cp::imaging;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto info = probe(std::as_bytes(std::span{data, size}));
    if (info) {
        CP_CHECK(info->width > 0 && info->height > 0);
        CP_CHECK(extension(info->format) != "bin");
    }
    return 0;
}
