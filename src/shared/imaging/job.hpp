// The encryption of an image into a CPE1 file, as a value: what a worker thread gets and what a task replays.
// Deterministic: the same job gives the same bytes on every node, because all chance in it is derived from
// its seed. Pure and safe from any thread.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "imaging/container.hpp"

namespace cp::imaging {

// 32 random bytes that the client draws, once per task and never again: two payloads under one seed would
// share a keystream.
using Seed = std::array<std::byte, 32>;

struct Job {
    Seed seed{};
    KeyParameters parameters;
    ContainerKeys keys; // derived by the client from its secret and derive_salt(seed)
    ByteView input;     // outlives run()
};

// HKDF-SHA-256(seed, no salt, info "CPE1 salt" or "CPE1 counter").
[[nodiscard]] Salt derive_salt(const Seed&);
[[nodiscard]] CounterStart derive_counter_start(const Seed&);

// What the client derives before it submits, and later decrypts the answer with. Errors: derive_file_key().
[[nodiscard]] Result<FileKey> file_key_for(const Secret&, const KeyParameters&, const Seed&);

// How long the answer is.
[[nodiscard]] std::size_t answer_size(const Job&);

// Writes the answer into `out`, wherever the caller wants it; `written` as in encrypt().
// REQUIRES: out.size() == answer_size(job). Errors: bad_profile or bad_field for the key parameters.
[[nodiscard]] Result<void> run(const Job&, std::span<std::byte> out, const Written& written = {});

} // namespace cp::imaging
