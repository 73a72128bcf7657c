// One piece of work on an image, as a value: what a worker thread gets and what a task replays.
// Deterministic: the same job gives the same bytes on every node, because all chance in it is derived from
// its seed. Pure and safe from any thread.
#pragma once

#include "base/payload.hpp"
#include "base/result.hpp"
#include "imaging/container.hpp"

namespace cp::imaging {

enum class Work : std::uint8_t {
    encrypt = 1, // the image becomes a CPE1 file
};

// 32 random bytes that the client draws, once per task and never again: two payloads under one seed would
// share a keystream.
using Seed = std::array<std::byte, 32>;

struct Job {
    Work work = Work::encrypt;
    Seed seed{};
    KeyParameters parameters;
    ContainerKeys keys; // derived by the client from its secret and derive_salt(seed)
    Payload input;
};

// HKDF-SHA-256(seed, no salt, info "CPE1 salt" or "CPE1 counter").
[[nodiscard]] Salt derive_salt(const Seed&);
[[nodiscard]] CounterStart derive_counter_start(const Seed&);

// What the client derives before it submits, and later decrypts the answer with. Errors: derive_file_key().
[[nodiscard]] Result<FileKey> file_key_for(const Secret&, const KeyParameters&, const Seed&);

// Errors: bad_profile or bad_field for the key parameters, bad_field for unknown work. Takes memory for the
// answer beside the input.
[[nodiscard]] Result<Payload> run(const Job&);

} // namespace cp::imaging
