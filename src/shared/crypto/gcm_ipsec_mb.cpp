#ifdef CP_HAVE_IPSEC_MB

#include "crypto/gcm.hpp"
#include "crypto/octets.hpp"

#include <intel-ipsec-mb.h>
#include <new>
#include <string.h>

namespace cp {
namespace {

// The library's table of functions for this processor, for as long as the process lives. Only read from here
// on: all threads share it.
const IMB_MGR& functions() {
    static IMB_MGR* const manager = [] {
        IMB_MGR* made = alloc_mb_mgr(0);
        if (made == nullptr) throw std::bad_alloc{};
        init_mb_mgr_auto(made, nullptr);
        return made;
    }();
    return *manager;
}

} // namespace

struct IpsecMbGcm::State {
    gcm_key_data key;
    gcm_context_data scratch;

    GcmTag run(aes_gcm_enc_dec_t cipher, const GcmMessage& message) {
        GcmTag tag;
        cipher(&key, &scratch, writable_octets(message.out), octets(message.in), message.in.size(),
               octets(message.nonce), octets(message.aad), message.aad.size(), writable_octets(tag),
               tag.size());
        return tag;
    }
};

IpsecMbGcm::IpsecMbGcm(std::span<const std::byte, 32> key) : state_{std::make_unique<State>()} {
    functions().gcm256_pre(key.data(), &state_->key);
}

IpsecMbGcm::~IpsecMbGcm() { explicit_bzero(state_.get(), sizeof(State)); }

GcmTag IpsecMbGcm::encrypt(const GcmMessage& message) { return state_->run(functions().gcm256_enc, message); }

GcmTag IpsecMbGcm::decrypt(const GcmMessage& message) { return state_->run(functions().gcm256_dec, message); }

} // namespace cp

#endif
