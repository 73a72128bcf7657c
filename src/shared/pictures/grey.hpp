// Colour files that hold a grey picture: hiding in their three equal channels separately would colour them,
// which everybody can see. So they become grey, and colour again only where a format wants it.
#pragma once

#include "imaging/picture.hpp"

namespace cp::pictures {

// The same picture with one colour channel if every pixel is grey; else as it was.
[[nodiscard]] imaging::Picture grey_if_grey(const imaging::Picture&);

// Grey and alpha as colour and alpha, for encoders that know no other; else as it was.
[[nodiscard]] imaging::Picture encodable(const imaging::Picture&);

} // namespace cp::pictures
