// Finds and loads the decoder library: beside the program, up to three folders above it (tests), or in
// ../lib/cloudp2p (installed).
#pragma once

#include "base/result.hpp"
#include "pictures/plugin.h"

namespace cp::pictures {

// Loaded by the first call, and kept. errc::internal with the places that were searched.
[[nodiscard]] Outcome<const cp_pictures_plugin*> plugin();

} // namespace cp::pictures
