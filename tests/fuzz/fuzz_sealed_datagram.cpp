// A session table against a script. Each step is one byte that says what happens, and what it needs:
//   raw        u16 size, that many bytes: a datagram from anybody
//   sealed     peer, lane, type, u64 number, u16 size, body: one that a holder of the key really sealed
//   changed    as sealed, then u16 offset, u8 xor: the same, damaged on the way
//   replayed   which: any earlier datagram of this script again, from another address
//   proof      peer: what it honestly answers to the last Challenge that it got
//   later      u16 milliseconds
// A script that ends in the middle of a step ends before it. Whatever it says: nobody is proven who did not
// answer, no unproven session has an effect, no datagram is accepted twice, nothing grows over its bound.
#include "base/check.hpp"
#include "wire/codec.hpp"
#include "wire/sessions.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace cp;
using namespace cp::wire;

namespace {

constexpr std::size_t peers = 3;
const Endpoint home{0x7f000001, 7700}, elsewhere{0x0a000001, 666};

// The receiver of tests/vectors/frames.txt is number 0, so that the datagrams there mean something here.
Identity identity(std::uint8_t number) {
    Identity who;
    for (std::size_t i = 0; i < who.key.bytes.size(); ++i) who.key.bytes[i] = static_cast<std::byte>(i);
    for (std::size_t i = 0; i < who.session.bytes.size(); ++i)
        who.session.bytes[i] = static_cast<std::byte>(0xb0U + 0x10U * number + i);
    return who;
}

struct Peer {
    explicit Peer(const Identity& who) : session{who.session}, cipher{who.key, who.session, who.cluster} {}
    SessionId session;
    SealCipher cipher;
};

class Script {
public:
    explicit Script(ByteView bytes) : in_{bytes} {}

    void run() {
        while (in_.left() > 0 && step() && in_.ok()) {
            CP_CHECK(table_.size() <= limits::sessions_max);
            for (std::size_t i = 0; i < peers; ++i)
                CP_CHECK(!table_.proven(peer(i).session) || answered_.contains(i));
        }
    }

private:
    static Peer& peer(std::size_t number) {
        static std::array<Peer, peers> all{Peer{identity(1)}, Peer{identity(2)}, Peer{identity(3)}};
        return all[number % peers];
    }

    bool step() {
        switch (in_.u8() % 6) {
        case 0: {
            const ByteView raw = in_.take(in_.u16());
            if (in_.ok()) hear({raw.begin(), raw.end()}, home);
            return true;
        }
        case 1:
            if (Bytes datagram = sealed(); in_.ok()) hear(std::move(datagram), home);
            return true;
        case 2: {
            Bytes datagram = sealed();
            const std::size_t at = in_.u16();
            const std::uint8_t change = in_.u8();
            if (!in_.ok()) return false;
            datagram[at % datagram.size()] ^= static_cast<std::byte>(change);
            hear(std::move(datagram), home);
            return true;
        }
        case 3: {
            const std::size_t which = in_.u8();
            if (!in_.ok() || heard_.empty()) return false;
            hear(heard_[which % heard_.size()], elsewhere);
            return true;
        }
        case 4: return prove();
        default: now_ += std::chrono::milliseconds{in_.u16()}; return true;
        }
    }

    Bytes sealed() {
        const std::size_t who = in_.u8();
        FrameHeader header;
        header.lane = static_cast<Lane>(in_.u8() % lane_count);
        header.type = static_cast<MessageType>(in_.u8());
        header.counter = in_.u64();
        return seal(who, header, in_.take(in_.u16()));
    }

    Bytes seal(std::size_t who, FrameHeader header, ByteView body) {
        auto& used = used_[who % peers][static_cast<std::size_t>(header.lane)];
        used = std::max(used, header.counter);
        header.session = peer(who).session;
        header.cluster = cluster_mark(self_.cluster);
        Bytes datagram(limits::frame_header_size + body.size() + seal_tag_size);
        const auto front = std::span{datagram}.first<limits::frame_header_size>();
        write_header(header, front);
        const SessionId to = header.lane == Lane::unicast ? self_.session : SessionId{};
        peer(who).cipher.seal({static_cast<std::uint32_t>(header.lane), header.counter}, front, to.bytes,
                              body, std::span{datagram}.subspan(front.size()));
        return datagram;
    }

    bool prove() {
        const std::size_t who = in_.u8() % peers;
        auto& used = used_[who];
        const auto question = questions_.find(peer(who).session.bytes);
        if (!in_.ok() || question == questions_.end() || used[2] == UINT64_MAX) return false;
        answered_.insert(who);
        const FrameHeader header{
            .lane = Lane::unicast, .type = MessageType::proof, .session = {}, .counter = used[2] + 1};
        Bytes body(limits::control_body_max);
        const auto size = encode(Proof{question->second, used[0], used[1], {}}, body);
        hear(seal(who, header, ByteView{body}.first(*size)), home);
        return true;
    }

    void hear(Bytes datagram, const Endpoint& from) {
        heard_.push_back(datagram);
        Bytes copy = datagram;
        const auto opened = table_.open(now_, copy, from, out_);
        CP_CHECK(out_.items().size() <= 2);
        for (const Outgoing& item : out_.items()) {
            CP_CHECK(item.lane == Lane::unicast && table_.endpoint(item.to));
            if (const auto* asked = std::get_if<Challenge>(&item.message))
                questions_[item.to.bytes] = asked->nonce;
        }
        out_.clear();
        if (!opened) return;
        const bool handshake = std::holds_alternative<Challenge>(opened->message) ||
                               std::holds_alternative<Proof>(opened->message);
        CP_CHECK(handshake || table_.proven(opened->from));
        // A stranger that was forgotten may ask the same again; it learns nothing from our proof.
        CP_CHECK(std::holds_alternative<Challenge>(opened->message) ||
                 accepted_.insert(std::move(datagram)).second);
    }

    ByteReader in_;
    Identity self_ = identity(0);
    SessionTable table_{self_};
    Outbox out_;
    TimePoint now_{std::chrono::hours{1}};
    std::vector<Bytes> heard_;
    std::set<Bytes> accepted_;
    std::set<std::size_t> answered_;
    std::array<std::array<std::uint64_t, lane_count>, peers> used_{}; // the highest number of each lane
    std::map<std::array<std::byte, 12>, ChallengeBytes> questions_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Script{std::as_bytes(std::span{data, size})}.run();
    return 0;
}
