// AES-256-GCM (NIST SP 800-38D) with nonces of 12 bytes and whole tags, under one key, message after message:
// what the seal of datagrams (seal.hpp) rests on, and nothing for anybody else. Never compares tags:
// decrypt() says what the tag would have to be.
//
// Two libraries stand behind it, chosen when it is built: intel-ipsec-mb, which Debian has for x86-64 and
// which needs 0.12 us for 1 400 bytes where the processor has VAES, and Crypto++ everywhere else (0.45 us).
// Their bytes are the same (tests/unit/crypto/gcm_test.cpp). No call allocates; not thread-safe.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <memory>
#include <span>

namespace cp {

struct GcmMessage {
    std::array<std::byte, 12> nonce; // never twice with one key for encrypt()
    ByteView aad;                    // authenticated, not encrypted
    ByteView in;
    std::span<std::byte> out; // as long as `in`; `in` itself, or does not overlap it
};
using GcmTag = std::array<std::byte, 16>;

class CryptoppGcm {
public:
    explicit CryptoppGcm(std::span<const std::byte, 32> key);
    ~CryptoppGcm();
    [[nodiscard]] GcmTag encrypt(const GcmMessage&);
    [[nodiscard]] GcmTag decrypt(const GcmMessage&);

private:
    struct State;
    std::unique_ptr<State> state_;
};

#ifdef CP_HAVE_IPSEC_MB
class IpsecMbGcm {
public:
    explicit IpsecMbGcm(std::span<const std::byte, 32> key);
    ~IpsecMbGcm();
    [[nodiscard]] GcmTag encrypt(const GcmMessage&);
    [[nodiscard]] GcmTag decrypt(const GcmMessage&);

private:
    struct State;
    std::unique_ptr<State> state_;
};
using Gcm = IpsecMbGcm;
#else
using Gcm = CryptoppGcm;
#endif

} // namespace cp
