// A picture whose samples may be changed without changing those of the other.
#pragma once

#include "imaging/picture.hpp"

namespace cp::test {

inline imaging::Picture copy_of(const imaging::Picture& picture) {
    imaging::Picture copy = picture;
    const auto samples = std::make_shared<Bytes>(picture.samples.begin(), picture.samples.end());
    copy.samples = *samples;
    copy.owner = samples;
    return copy;
}

} // namespace cp::test
