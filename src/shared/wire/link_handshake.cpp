#include "wire/link_handshake.hpp"

#include "base/check.hpp"
#include "crypto/keys.hpp"

#include <algorithm>

namespace cp::wire {
namespace {

constexpr std::array magic{std::byte{'C'}, std::byte{'P'}, std::byte{'L'}};
constexpr std::size_t signed_answer_size = link_answer_size - std::tuple_size_v<Digest>;

enum class Side { server, client };

Digest seal_of(const Digest& key, Side side, ByteView hello, ByteView signed_answer) {
    HmacSha256 mac{key};
    mac.update(as_bytes(side == Side::server ? "CP link server" : "CP link client"));
    mac.update(hello);
    mac.update(signed_answer);
    return mac.finish();
}

errc wrong_size(ByteView bytes, std::size_t wanted) {
    return bytes.size() < wanted ? errc::truncated : errc::trailing_bytes;
}

Digest key_of(const Identity& self) {
    Digest key{};
    const std::string info = "CP liveness link " + self.cluster;
    hkdf_sha256(self.key.bytes, {}, as_bytes(info), key);
    return key;
}

} // namespace

LinkChallenges::LinkChallenges(const Identity& self)
    : key_{key_of(self)}, self_{self.session}, random_{self.secret} {
    CP_CHECK(self.session); // never drawn: it would pass for anybody's
}

LinkSecrets LinkChallenges::next() {
    std::array<std::byte, 8> number{};
    ByteWriter{number}.u64(++count_);
    // Longer than what the session table derives from the same secret (sessions.hpp), so never the same.
    random_.update(as_bytes("CP link random"));
    random_.update(number);
    const Digest drawn = random_.finish();
    LinkSecrets secrets{key_, self_, {}};
    std::copy_n(drawn.begin(), secrets.random.size(), secrets.random.begin());
    return secrets;
}

LinkClient::LinkClient(const LinkSecrets& secrets, const SessionId& peer) : secrets_{secrets}, peer_{peer} {
    ByteWriter writer{hello_};
    writer.bytes(magic);
    writer.u8(protocol_version);
    writer.bytes(secrets_.self.bytes);
    writer.bytes(secrets_.random);
}

Result<LinkProof> LinkClient::on_answer(ByteView answer) const {
    if (answer.size() != link_answer_size) return wrong_size(answer, link_answer_size);
    const ByteView covered = answer.first(signed_answer_size);
    const SessionId from{ByteReader{covered}.array<12>()};
    if (from == secrets_.self) return errc::own_echo;
    const Digest expected = seal_of(secrets_.key, Side::server, hello_, covered);
    if (!equal_constant_time(expected, answer.subspan(signed_answer_size))) return errc::not_authentic;
    if (from != peer_) return errc::conflict;
    return seal_of(secrets_.key, Side::client, hello_, covered);
}

Result<LinkAnswer> LinkServer::on_hello(ByteView hello) {
    peer_ = {};
    if (hello.size() != link_hello_size) return wrong_size(hello, link_hello_size);
    ByteReader reader{hello};
    if (reader.array<magic.size()>() != magic) return errc::wrong_magic;
    if (reader.u8() != protocol_version) return errc::wrong_version;
    const SessionId from{reader.array<12>()};
    if (!from) return errc::bad_field;
    if (from == secrets_.self) return errc::own_echo;

    LinkAnswer answer{};
    ByteWriter writer{answer};
    writer.bytes(secrets_.self.bytes);
    writer.bytes(secrets_.random);
    const ByteView covered = ByteView{answer}.first(signed_answer_size);
    writer.bytes(seal_of(secrets_.key, Side::server, hello, covered));
    expected_ = seal_of(secrets_.key, Side::client, hello, covered);
    peer_ = from;
    return answer;
}

Result<SessionId> LinkServer::on_proof(ByteView proof) const {
    if (!peer_) return errc::unproven;
    if (!equal_constant_time(expected_, proof)) return errc::not_authentic;
    return peer_;
}

} // namespace cp::wire
