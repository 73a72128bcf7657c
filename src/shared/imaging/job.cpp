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

Result<Payload> run_encrypt(const Job& job) {
    const FileKey key{.parameters = job.parameters, .salt = derive_salt(job.seed), .keys = job.keys};
    const std::size_t size = job.input.size() + container_overhead;
    // Every byte is written below: clearing them first would cost a pass over the whole answer.
    auto owner = std::make_shared_for_overwrite<std::byte[]>(size);
    const std::span<std::byte> out{owner.get(), size};
    if (auto ok = encrypt(key, derive_counter_start(job.seed), job.input.view(), out); !ok) return ok.error();
    return Payload{std::move(owner), out};
}

} // namespace

Salt derive_salt(const Seed& seed) { return derive<Salt>(seed, "CPE1 salt"); }

CounterStart derive_counter_start(const Seed& seed) { return derive<CounterStart>(seed, "CPE1 counter"); }

Result<FileKey> file_key_for(const Secret& secret, const KeyParameters& parameters, const Seed& seed) {
    return derive_file_key(secret, parameters, derive_salt(seed));
}

Result<Payload> run(const Job& job) {
    switch (job.work) {
    case Work::encrypt: return run_encrypt(job);
    }
    return errc::bad_field; // a number that a peer sent
}

} // namespace cp::imaging
