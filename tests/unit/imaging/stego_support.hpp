// Pictures and jobs for the tests of the steganography.
#pragma once

#include "imaging/stego.hpp"

#include <random>
#include <string_view>

namespace cp::imaging {

// Smooth shapes under noise, with some flat black and white, as photographs have them.
inline Picture test_photo(std::uint32_t width, std::uint32_t height, std::uint8_t channels = 3,
                          std::uint8_t bytes_per_sample = 1, unsigned seed = 1) {
    Picture picture = blank_picture(width, height, channels, bytes_per_sample);
    std::mt19937 random{seed};
    const int scale = bytes_per_sample == 1 ? 1 : 257;
    std::size_t at = 0;
    for (std::uint32_t y = 0; y < height; ++y) {
        for (std::uint32_t x = 0; x < width; ++x) {
            for (unsigned c = 0; c < channels; ++c) {
                const int shape = static_cast<int>((x * (c + 1) / 2 + y * 3 / (c + 1)) % 320) - 30;
                const int noise = static_cast<int>(random() % 9) - 4;
                const int value = std::clamp((shape + noise) * scale, 0, 255 * scale);
                for (unsigned b = 0; b < bytes_per_sample; ++b)
                    picture.samples[at++] = static_cast<std::byte>(static_cast<unsigned>(value) >> 8U * b);
            }
        }
    }
    return picture;
}

inline Bytes random_bytes(std::size_t count, unsigned seed = 1) {
    std::mt19937 random{seed};
    Bytes bytes(count);
    for (auto& b : bytes) b = static_cast<std::byte>(random());
    return bytes;
}

inline Seed test_seed(unsigned first = 0) {
    Seed seed{};
    for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::byte>(first + i);
    return seed;
}

inline HideJob job_for(const Secret& secret, Profile profile, std::string_view user, ByteView payload,
                       unsigned seed = 0) {
    HideJob job;
    job.seed = test_seed(seed);
    job.keys = derive_stego_keys(secret, profile, user).value();
    job.body = file_key_for(secret, stego_parameters(profile), job.seed).value().keys;
    job.kind = HiddenKind::file;
    job.payload = payload;
    return job;
}
inline HideJob job_for(std::string_view user, ByteView payload, unsigned seed = 0) {
    return job_for(Username{std::string{user}}, Profile::username, user, payload, seed);
}

inline Result<Hidden> extract_as(std::string_view user, const Picture& picture) {
    return extract(picture, Username{std::string{user}}, user, 1U << 24U, one_after_another);
}

} // namespace cp::imaging
