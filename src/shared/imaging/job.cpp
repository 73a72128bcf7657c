#include "imaging/job.hpp"

#include "crypto/keys.hpp"

namespace cp::imaging {
namespace {

template <class Array>
Array derive(const Seed& seed, std::string_view label) {
    Array out{};
    hkdf_sha256(seed, {}, as_bytes(label), out);
    return out;
}

} // namespace

Salt derive_salt(const Seed& seed) { return derive<Salt>(seed, "CPE1 salt"); }

CounterStart derive_counter_start(const Seed& seed) { return derive<CounterStart>(seed, "CPE1 counter"); }

Result<FileKey> file_key_for(const Secret& secret, const KeyParameters& parameters, const Seed& seed) {
    return derive_file_key(secret, parameters, derive_salt(seed));
}

std::size_t answer_size(const Job& job) { return job.input.size() + container_overhead; }

Result<void> run(const Job& job, std::span<std::byte> out, const Written& written) {
    const FileKey key{.parameters = job.parameters, .salt = derive_salt(job.seed), .keys = job.keys};
    return encrypt(key, derive_counter_start(job.seed), job.input, out, written);
}

} // namespace cp::imaging
