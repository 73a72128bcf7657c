// What a trained detector sees of a picture: how often residuals of neighbouring samples occur together. No
// detector by itself; judge.py trains one.
#pragma once

#include "tile.hpp"

namespace cp::bench {

// SPAM-686 (T. Pevný, P. Bas, J. Fridrich, IEEE TIFS 5(2), 2010): second-order Markov chains of first
// differences in eight directions, T = 3, of the three channels together.
[[nodiscard]] std::vector<float> spam_686(const Tile&);

// A part of the spatial rich model (J. Fridrich, J. Kodovský, IEEE TIFS 7(3), 2012): co-occurrences of four
// neighbours, T = 2, of residuals of first to third order, of the 3x3 and 5x5 squares, and of the least and
// greatest of four directions, quantised by their order and by twice that; of the three channels together.
[[nodiscard]] std::vector<float> rich_model(const Tile&);

// What that does not see: the three channels of one place (M. Goljan, J. Fridrich, R. Cogranne, "Rich model
// for steganalysis of color images", WIFS 2014): co-occurrences of their residuals, T = 3, and the model
// above of the differences between channels.
[[nodiscard]] std::vector<float> colour_model(const Tile&);

} // namespace cp::bench
