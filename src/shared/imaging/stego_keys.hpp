// The keys of the steganography (stego.hpp), derived from what a person has. Nothing of them is in the
// picture, so no salt can be: the same secret gives the same keys for every picture.
#pragma once

#include "base/result.hpp"
#include "imaging/container.hpp"
#include "imaging/sample_order.hpp"

#include <array>
#include <string_view>

namespace cp::imaging {

struct StegoKeys {
    Profile profile = Profile::username;
    LocationKey location{}; // in which order samples are used
    std::array<std::byte, 16> header_enc{};
    std::array<std::byte, 32> header_mac{};
};

// The one set of parameters that each profile has here: there is no place to write others down before the
// keys are known.
[[nodiscard]] KeyParameters stego_parameters(Profile);

// Errors: bad_profile when the secret is not what the profile takes, too_large when scrypt cannot have its
// memory. Deliberately slow for passphrases.
[[nodiscard]] Result<StegoKeys> derive_stego_keys(const Secret&, Profile, std::string_view user);

} // namespace cp::imaging
