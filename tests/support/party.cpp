#include "support/party.hpp"

#include "base/check.hpp"

namespace cp::test {

using namespace cp::wire;

Identity identity(std::uint32_t number) {
    Identity who;
    ByteWriter{who.session.bytes}.u32(number + 1); // no session is zero
    for (std::size_t i = 0; i < who.key.bytes.size(); ++i) who.key.bytes[i] = static_cast<std::byte>(i);
    ByteWriter{who.secret}.u32(number);
    return who;
}

Endpoint endpoint(std::uint32_t number) { return {0x7f000001, static_cast<std::uint16_t>(10'000 + number)}; }

Party::Party(const Identity& who, const Endpoint& where) : self{who}, at{where}, sealer{who}, table{who} {}

std::vector<Datagram> Party::sealed() {
    std::vector<Datagram> datagrams;
    for (const Outgoing& item : out.items()) {
        Datagram& datagram = datagrams.emplace_back();
        datagram.lane = item.lane;
        if (item.lane == Lane::unicast) datagram.to = table.endpoint(item.to).value_or(Endpoint{});
        datagram.bytes.resize(limits::datagram_max);
        datagram.bytes.resize(sealer.seal(item, datagram.bytes));
    }
    out.clear();
    return datagrams;
}

Bytes Party::multicast(const Message& message) {
    out.to_group(message);
    return sealed_one();
}

Bytes Party::multicast_data(const Message& message) {
    out.to_data_group(message);
    return sealed_one();
}

Bytes Party::unicast(const Party& to, const Message& message) {
    out.to(to.self.session, message);
    return sealed_one();
}

Bytes Party::sealed_one() {
    auto datagrams = sealed();
    CP_CHECK(datagrams.size() == 1);
    return std::move(datagrams.front().bytes);
}

Result<Opened> Party::hear(TimePoint now, const Bytes& datagram, const Endpoint& from) {
    opened_ = datagram;
    return table.open(now, opened_, from, out);
}

void talk(TimePoint now, Party& a, Party& b) {
    for (int turn = 0; turn < 10 && !(a.out.empty() && b.out.empty()); ++turn) {
        for (const Datagram& said : a.sealed()) {
            [[maybe_unused]] const auto heard = b.hear(now, said.bytes, a);
        }
        for (const Datagram& said : b.sealed()) {
            [[maybe_unused]] const auto heard = a.hear(now, said.bytes, b);
        }
    }
}

void introduce(TimePoint now, Party& a, Party& b) {
    a.out.to_group(Announce{});
    talk(now, a, b);
    CP_CHECK(a.table.proven(b.self.session) && b.table.proven(a.self.session));
}

void prove(TimePoint now, Party& stranger, Party& host) {
    [[maybe_unused]] const auto unproven = host.hear(now, stranger.multicast(Announce{}), stranger);
    for (const Datagram& asked : host.sealed()) {
        [[maybe_unused]] const auto heard = stranger.hear(now, asked.bytes, host);
    }
    for (const Datagram& answered : stranger.sealed()) {
        [[maybe_unused]] const auto heard = host.hear(now, answered.bytes, stranger);
    }
    host.out.clear();
    CP_CHECK(host.table.proven(stranger.self.session));
}

} // namespace cp::test
