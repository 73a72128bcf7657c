// Detectors that need no training: each estimates, from one picture, which share of the samples had its
// lowest bit replaced, or how likely that is. They find the replacement of bits; that +1 and -1 are blind
// spots of all of them is why LSB matching was invented.
#pragma once

#include "tile.hpp"

namespace cp::bench {

// Sample pairs: S. Dumitrescu, X. Wu, Z. Wang, IEEE Trans. Signal Processing 51(7), 2003. Share of samples,
// of rows [from, to).
[[nodiscard]] double sample_pairs(const Plane&, int from, int to);
// The strip of 32 rows that stands out most from the median of all strips.
[[nodiscard]] double strip_pairs(const Plane&);
// Regular and singular groups of four: J. Fridrich, M. Goljan, R. Du, ACM MM&Sec 2001.
[[nodiscard]] double regular_singular(const Plane&);
// Weighted stego with the filter and weights of A. Ker, R. Böhme, "Revisiting weighted stego-image
// steganalysis", SPIE 6819, 2008, and their correction of the bias.
[[nodiscard]] double weighted_stego(const Plane&);
// Pairs of values: A. Westfeld, A. Pfitzmann, IH 1999. The largest probability over growing parts of the
// picture; of equal ones, the part whose pairs are more alike counts more.
[[nodiscard]] double chi_square(const Plane&);

} // namespace cp::bench
