// Covers for the bench: photographs made smaller and cut.
#pragma once

#include "imaging/picture.hpp"

#include <string>

namespace cp::bench {

// Halves a photograph (each sample the rounded mean of 2 x 2, which ends the traces of JPEG's blocks and of
// the camera's interpolation and leaves none of its own) and cuts it into tiles of 512 x 512:
// FOLDER/bmp/NAME-K.bmp and FOLDER/ppm/NAME-K.ppm. Tiles overlap where the photograph is no multiple; there
// are at most `most` of them, evenly spread, without those that are clipped in more than an eighth of their
// samples. Returns how many.
int cut_tiles(const imaging::Picture& photo, const std::string& folder, const std::string& name, int most);

// What the peers read; 8-bit colour alone.
void write_bmp(const imaging::Picture&, const std::string& path);
void write_ppm(const imaging::Picture&, const std::string& path);

} // namespace cp::bench
