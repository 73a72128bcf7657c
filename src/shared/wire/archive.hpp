// The portable, bounded archives behind Boost.Serialization: big-endian, no versions, no class tracking, no
// pointers. A message's `serialize(archive, message, version)` names its fields once for both directions.
//
// Reading is total: every count is compared with the bytes that are left before anything is allocated (a list
// of n elements needs n times the least size of one), every enum with its known values. Failure throws
// ArchiveError, which codec.cpp turns into an errc and nobody else ever sees. Private to cp_wire; included by
// its .cpp files only.
#pragma once

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "wire/messages.hpp"
#include "wire/objects.hpp"

#include <boost/mpl/bool.hpp>
#include <boost/serialization/serialization.hpp>

#include <concepts>
#include <type_traits>

namespace cp::wire {

struct ArchiveError {
    errc code;
};

// Enums that travel say which values exist.
constexpr bool known(Role v) { return v == Role::node || v == Role::client; }
constexpr bool known(MemberState v) { return v >= MemberState::alive && v <= MemberState::gone; }
constexpr bool known(TaskStage v) { return v >= TaskStage::unknown && v <= TaskStage::lost; }
constexpr bool known(ReceiverState v) { return v >= ReceiverState::receiving && v <= ReceiverState::refused; }
constexpr bool known(ObjectKind v) { return v >= ObjectKind::upload && v <= ObjectKind::stored; }

constexpr bool known(StoreOp v) { return v >= StoreOp::hello && v <= StoreOp::put; }
constexpr bool known(TaskCommand v) { return v >= TaskCommand::encrypt && v <= TaskCommand::keep_hidden; }

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_byte_array = false;
template <std::size_t N>
inline constexpr bool is_byte_array<std::array<std::byte, N>> = true;

class OutArchive {
public:
    using is_saving = boost::mpl::true_;
    using is_loading = boost::mpl::false_;

    explicit OutArchive(ByteWriter& writer) : writer_{writer} {}

    template <class T>
    OutArchive& operator&(const T& value) {
        if constexpr (std::is_enum_v<T>)
            return *this & static_cast<std::underlying_type_t<T>>(value);
        else if constexpr (std::same_as<T, bool>)
            writer_.u8(value ? 1 : 0);
        else if constexpr (std::unsigned_integral<T>)
            number(value);
        else if constexpr (is_byte_array<T>)
            writer_.bytes(value);
        else if constexpr (std::same_as<T, std::string>) {
            count(value.size());
            writer_.bytes(as_bytes(value));
        } else if constexpr (is_vector<T>) {
            count(value.size());
            for (const auto& element : value) *this& element;
        } else {
            // Boost's entry point wants a non-const reference even when it only reads.
            boost::serialization::serialize_adl(*this, const_cast<T&>(value), 0U);
        }
        return *this;
    }
    template <class T>
    OutArchive& operator<<(const T& value) {
        return *this & value;
    }

private:
    void count(std::size_t n) {
        if (n > UINT16_MAX) throw ArchiveError{errc::too_large};
        writer_.u16(static_cast<std::uint16_t>(n));
    }
    template <class T>
    void number(T value) {
        if constexpr (sizeof(T) == 1)
            writer_.u8(value);
        else if constexpr (sizeof(T) == 2)
            writer_.u16(value);
        else if constexpr (sizeof(T) == 4)
            writer_.u32(value);
        else
            writer_.u64(value);
    }

    ByteWriter& writer_;
};

// What a T takes at least: a default one, whose texts and lists are empty.
template <class T>
std::size_t least_size() {
    std::array<std::byte, 64> scratch{};
    ByteWriter writer{scratch};
    OutArchive archive{writer};
    archive& T{};
    return writer.size();
}

class InArchive {
public:
    using is_saving = boost::mpl::false_;
    using is_loading = boost::mpl::true_;

    explicit InArchive(ByteReader& reader) : reader_{reader} {}

    template <class T>
    InArchive& operator&(T& value) {
        if constexpr (std::is_enum_v<T>) {
            std::underlying_type_t<T> number{};
            *this& number;
            value = static_cast<T>(number);
            if (!known(value)) throw ArchiveError{errc::bad_field};
        } else if constexpr (std::same_as<T, bool>) {
            const std::uint8_t byte = reader_.u8();
            if (byte > 1) throw ArchiveError{errc::bad_field};
            value = byte == 1;
        } else if constexpr (std::unsigned_integral<T>) {
            number(value);
        } else if constexpr (is_byte_array<T>) {
            value = reader_.array<std::tuple_size_v<T>>();
        } else if constexpr (std::same_as<T, std::string>) {
            value = as_text(reader_.take(count(1)));
        } else if constexpr (is_vector<T>) {
            const std::size_t n = count(least_size<typename T::value_type>());
            value.clear();
            value.reserve(n);
            for (std::size_t i = 0; i < n && reader_.ok(); ++i) *this& value.emplace_back();
        } else {
            boost::serialization::serialize_adl(*this, value, 0U);
        }
        if (!reader_.ok()) throw ArchiveError{errc::truncated};
        return *this;
    }
    template <class T>
    InArchive& operator>>(T& value) {
        return *this & value;
    }

private:
    std::size_t count(std::size_t unit) {
        const std::size_t n = reader_.u16();
        if (n * unit > reader_.left()) throw ArchiveError{errc::truncated};
        return n;
    }
    template <class T>
    void number(T& value) {
        if constexpr (sizeof(T) == 1)
            value = reader_.u8();
        else if constexpr (sizeof(T) == 2)
            value = reader_.u16();
        else if constexpr (sizeof(T) == 4)
            value = reader_.u32();
        else
            value = reader_.u64();
    }

    ByteReader& reader_;
};

} // namespace cp::wire
