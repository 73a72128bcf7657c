// The reader of hidden data on any picture and any bits. A fuzzer cannot guess tags, so what it made is also
// tried behind a header and a body with tags put right; and what it hides must come back.
#include "base/check.hpp"
#include "crypto/digest.hpp"
#include "imaging/hide_request.hpp"
#include "imaging/lsb.hpp"
#include "imaging/stego.hpp"
#include "imaging/stego_format.hpp"

#include <algorithm>

using namespace cp;
using namespace cp::imaging;

namespace {

constexpr std::uint64_t payload_max = 1 << 20;

const StegoKeys& keys() {
    static const StegoKeys derived = derive_stego_keys(Username{"alice"}, Profile::username, "alice").value();
    return derived;
}

// A picture of some bytes, over and over.
Picture picture_of(ByteReader& in) {
    const std::uint32_t width = in.u8() % 96 + 1U; // small: what counts is how many are tried
    const std::uint32_t height = in.u8() % 96 + 1U;
    const std::uint8_t layout = in.u8();
    Picture picture = blank_picture(width, height, static_cast<std::uint8_t>(1 + layout % 4),
                                    static_cast<std::uint8_t>(1 + layout / 4 % 2));
    const ByteView pattern = in.rest();
    if (pattern.empty()) return picture;
    for (std::size_t i = 0; i < picture.samples.size(); ++i)
        picture.samples[i] = pattern[(i + i / 251) % pattern.size()];
    return picture;
}

void any_picture_holds_nothing(ByteReader in) {
    const Picture picture = picture_of(in);
    const auto found = extract(picture, Username{"alice"}, "alice", payload_max, one_after_another);
    CP_CHECK(found.has_error() && found.error() == errc::nothing_hidden);
    const auto plain = lsb_extract(picture);
    if (plain) CP_CHECK(plain->size() <= lsb_capacity(picture.colour_samples()));
}

void what_is_hidden_comes_back(ByteReader in) {
    HideJob job;
    job.keys = keys();
    job.height = in.u8() == 1 ? 10 : 8;
    job.name = std::string{as_text(in.take(in.u8() % 8))};
    const ByteView payload = in.take(std::min<std::size_t>(in.u8(), in.left()));
    job.payload = payload;
    job.body = file_key_for(Username{"alice"}, {}, job.seed)->keys;
    Picture picture = picture_of(in);
    if (!hide(picture, job, one_after_another)) return;
    const auto found = extract(picture, Username{"alice"}, "alice", payload_max, one_after_another);
    CP_CHECK(found.has_value() && found->name == job.name);
    CP_CHECK(std::ranges::equal(found->data, payload));
}

void headers_and_bodies_are_read_totally(ByteReader in) {
    Bytes sealed(stego_header_size);
    ByteWriter{sealed}.bytes(in.take(std::min<std::size_t>(24, in.left())));
    const Digest tag = hmac_sha256(keys().header_mac, ByteView{sealed}.first(24));
    std::ranges::copy(ByteView{tag}.first(8), sealed.begin() + 24);
    auto header = open_header(sealed, keys());
    if (header) CP_CHECK(seal_header(*header, keys()) == sealed);
    StegoHeader known;
    const ByteView rest = in.rest();
    if (rest.size() >= stego_body_overhead) {
        known.size = static_cast<std::uint32_t>(rest.size() - stego_body_overhead);
        CP_CHECK(open_body(rest, known, Username{"alice"}).has_error());
    }
    for (bool compressed : {false, true}) {
        const auto unpacked = unpack(rest, compressed, payload_max);
        if (unpacked)
            CP_CHECK(unpacked->data.size() <= payload_max && unpacked->name.size() <= hidden_name_max);
    }
}

void requests_are_read_totally(ByteView bytes) {
    const auto request = read_hide_request(bytes);
    if (request) CP_CHECK(std::ranges::equal(write_hide_request(*request), bytes));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes = std::as_bytes(std::span{data, size});
    if (bytes.empty()) return 0;
    ByteReader in{bytes.subspan(1)};
    switch (data[0] % 4) {
    case 0: any_picture_holds_nothing(in); break;
    case 1: what_is_hidden_comes_back(in); break;
    case 2: headers_and_bodies_are_read_totally(in); break;
    default: requests_are_read_totally(bytes.subspan(1));
    }
    return 0;
}
