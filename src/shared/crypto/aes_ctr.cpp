#include "crypto/aes_ctr.hpp"

#include "base/check.hpp"
#include "crypto/octets.hpp"

#include <cryptopp/aes.h>
#include <cryptopp/modes.h>

namespace cp {

struct Aes128Ctr::State {
    CryptoPP::CTR_Mode<CryptoPP::AES>::Encryption cipher;
};

Aes128Ctr::Aes128Ctr(const Key& key, const CounterBlock& first) : state_{std::make_unique<State>()} {
    state_->cipher.SetKeyWithIV(octets(key), key.size(), octets(first), first.size());
}

Aes128Ctr::~Aes128Ctr() = default;
Aes128Ctr::Aes128Ctr(Aes128Ctr&&) noexcept = default;
Aes128Ctr& Aes128Ctr::operator=(Aes128Ctr&&) noexcept = default;

void Aes128Ctr::apply(ByteView in, std::span<std::byte> out) {
    CP_CHECK(out.size() == in.size());
    state_->cipher.ProcessData(writable_octets(out), octets(in), in.size());
}

void Aes128Ctr::seek(std::uint64_t byte) { state_->cipher.Seek(byte); }

} // namespace cp
