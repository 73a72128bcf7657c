#include "store/google_account.hpp"

#include "store/remote_url.hpp"

#include <boost/json.hpp>
#include <cryptopp/base64.h>
#include <cryptopp/filters.h>
#include <cryptopp/osrng.h>
#include <cryptopp/pkcspad.h>
#include <cryptopp/rsa.h>
#include <cryptopp/sha.h>

#include <algorithm>

namespace cp::store {
namespace {

namespace json = boost::json;

constexpr std::int64_t statement_life_s = 3600; // the longest that Google takes
constexpr std::string_view scope = "https://www.googleapis.com/auth/devstorage.read_write";
constexpr std::string_view pem_begin = "-----BEGIN PRIVATE KEY-----";
constexpr std::string_view pem_end = "-----END PRIVATE KEY-----";

std::string text_of(const json::object& object, std::string_view name) {
    const json::value* found = object.if_contains(name);
    const json::string* text = found != nullptr ? found->if_string() : nullptr;
    return text != nullptr ? std::string{*text} : std::string{};
}

json::object object_of(std::string_view text) {
    json::error_code failed;
    json::value value = json::parse(text, failed);
    json::object* object = failed ? nullptr : value.if_object();
    return object != nullptr ? std::move(*object) : json::object{};
}

// Without padding: RFC 7515, appendix C.
std::string base64url(std::string_view bytes) {
    std::string out;
    CryptoPP::StringSource{reinterpret_cast<const CryptoPP::byte*>(bytes.data()), bytes.size(), true,
                           new CryptoPP::Base64URLEncoder{new CryptoPP::StringSink{out}, false}};
    std::erase(out, '=');
    return out;
}

CryptoPP::RSA::PrivateKey read_key(std::string_view pem) {
    const std::size_t begin = pem.find(pem_begin);
    const std::size_t end = pem.find(pem_end);
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin)
        throw CryptoPP::InvalidArgument{"no PEM"};
    const std::string_view text = pem.substr(begin + pem_begin.size(), end - begin - pem_begin.size());
    CryptoPP::ByteQueue der;
    CryptoPP::Base64Decoder decoder{new CryptoPP::Redirector{der}};
    decoder.Put(reinterpret_cast<const CryptoPP::byte*>(text.data()), text.size());
    decoder.MessageEnd();
    CryptoPP::RSA::PrivateKey key;
    key.Load(der);
    return key;
}

std::string rs256(std::string_view pem, const std::string& text) {
    CryptoPP::AutoSeededRandomPool random; // for blinding
    const CryptoPP::RSASS<CryptoPP::PKCS1v15, CryptoPP::SHA256>::Signer signer{read_key(pem)};
    std::string signature(signer.SignatureLength(), '\0');
    const std::size_t size =
        signer.SignMessage(random, reinterpret_cast<const CryptoPP::byte*>(text.data()), text.size(),
                           reinterpret_cast<CryptoPP::byte*>(signature.data()));
    signature.resize(size);
    return signature;
}

} // namespace

Outcome<GoogleAccount> read_google_account(std::string_view text) {
    const json::object object = object_of(text);
    GoogleAccount out{text_of(object, "client_email"), text_of(object, "private_key_id"),
                      text_of(object, "private_key"), text_of(object, "token_uri")};
    if (text_of(object, "type") != "service_account" || out.email.empty() || out.private_key.empty() ||
        out.token_uri.empty())
        return Failure{errc::damaged, "not the JSON key of a service account"};
    if (!is_private_address(out.token_uri))
        return Failure{errc::bad_config, "its token_uri does not begin with https://"};
    return out;
}

Outcome<std::string> signed_statement(const GoogleAccount& account, std::int64_t unix_seconds) {
    json::object header{{"alg", "RS256"}, {"typ", "JWT"}};
    if (!account.key_id.empty()) header["kid"] = account.key_id;
    const json::object claims{{"iss", account.email},
                              {"scope", scope},
                              {"aud", account.token_uri},
                              {"iat", unix_seconds},
                              {"exp", unix_seconds + statement_life_s}};
    const std::string text = base64url(json::serialize(header)) + '.' + base64url(json::serialize(claims));
    try {
        return text + '.' + base64url(rs256(account.private_key, text));
    } catch (const CryptoPP::Exception&) {
        return Failure{errc::damaged, "its private_key is not a PKCS #8 RSA key"};
    }
}

Outcome<GoogleToken> read_google_token(std::string_view text) {
    const json::object object = object_of(text);
    GoogleToken out{text_of(object, "access_token"), 0};
    if (const json::value* life = object.if_contains("expires_in")) {
        json::error_code failed;
        out.lives_s = life->to_number<std::int64_t>(failed);
        if (failed) out.lives_s = 0;
    }
    const bool visible = std::ranges::all_of(out.text, [](char c) { return c > ' ' && c < '\x7f'; });
    if (out.text.empty() || !visible || out.lives_s <= 0)
        return Failure{errc::damaged, "answered without access_token or expires_in"};
    return out;
}

} // namespace cp::store
