#include "wire/codec.hpp"

#include "wire/fields.hpp"
#include "wire/hot_codec.hpp"

#include <algorithm>
#include <concepts>

namespace cp::wire {
namespace {

template <class T>
concept Hot = requires(const T& message, ByteWriter& writer, ByteReader& reader, T& out) {
    write_hot(writer, message);
    { read_hot(reader, out) } -> std::same_as<bool>;
};

// These may fill a datagram of the interface at hand; everything else must pass every interface.
template <class T>
concept Bulk = std::same_as<T, Data> || std::same_as<T, Parity>;

template <class T>
Result<std::size_t> encode_as(const T& message, std::span<std::byte> out) {
    if constexpr (!Bulk<T>) out = out.first(std::min(out.size(), limits::control_body_max));
    ByteWriter writer{out};
    if constexpr (Hot<T>) {
        if (!fits(message)) return errc::too_large;
        write_hot(writer, message);
    } else {
        try {
            OutArchive archive{writer};
            archive& message;
        } catch (const ArchiveError& error) {
            return error.code;
        }
    }
    if (!writer.ok()) return errc::too_large;
    return writer.size();
}

template <class T>
Result<Message> decode_as(ByteView body) {
    if constexpr (!Bulk<T>) {
        if (body.size() > limits::control_body_max) return errc::too_large;
    }
    T message;
    ByteReader reader{body};
    if constexpr (Hot<T>) {
        if (!read_hot(reader, message)) return reader.ok() ? errc::bad_field : errc::truncated;
    } else {
        try {
            InArchive archive{reader};
            archive& message;
        } catch (const ArchiveError& error) {
            return error.code;
        }
    }
    if (!reader.ok()) return errc::truncated;
    if (!reader.done()) return errc::trailing_bytes;
    return Message{std::move(message)};
}

// The list of the variant is the list of what can be decoded: a new message needs no line here.
template <std::size_t I = 0>
Result<Message> dispatch(MessageType type, ByteView body) {
    if constexpr (I == std::variant_size_v<Message>) {
        return errc::unknown_type;
    } else {
        using T = std::variant_alternative_t<I, Message>;
        if (type == T::type) return decode_as<T>(body);
        return dispatch<I + 1>(type, body);
    }
}

} // namespace

Result<std::size_t> encode(const Message& message, std::span<std::byte> out) {
    return std::visit([&](const auto& m) { return encode_as(m, out); }, message);
}

Result<Message> decode(MessageType type, ByteView body) { return dispatch(type, body); }

} // namespace cp::wire
