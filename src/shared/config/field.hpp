// How each type of a Config member is stored from a Value and read back. Internal to keys_of_*.cpp.
#pragma once

#include "config/address.hpp"
#include "config/key.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <filesystem>

namespace cp::config::field {

// The words of an enumeration, in its order.
template <class E>
struct Words;
template <>
struct Words<ElectionPolicy> {
    static constexpr std::array<std::string_view, 2> list{"id", "load"};
};
template <>
struct Words<ElectionProfile> {
    static constexpr std::array<std::string_view, 3> list{"fast", "quiet", "realtime"};
};
template <>
struct Words<DispatchPolicy> {
    static constexpr std::array<std::string_view, 3> list{"leader", "round-robin", "least-loaded"};
};
template <>
struct Words<HttpAuth> {
    static constexpr std::array<std::string_view, 2> list{"token", "none"};
};
template <>
struct Words<HttpFollower> {
    static constexpr std::array<std::string_view, 3> list{"reject", "redirect", "proxy"};
};
template <>
struct Words<LogLevel> {
    static constexpr std::array<std::string_view, 4> list{"debug", "info", "warn", "error"};
};
template <>
struct Words<LogFormat> {
    static constexpr std::array<std::string_view, 2> list{"text", "json"};
};

template <class T>
concept Enum = std::is_enum_v<T>;
template <class T>
concept Integer = std::unsigned_integral<T> && !std::same_as<T, bool>;
template <class T>
concept WholeTime = std::same_as<T, std::chrono::milliseconds> || std::same_as<T, std::chrono::seconds>;
template <class T>
concept TextLike = std::same_as<T, std::string> || std::same_as<T, std::filesystem::path>;
using Seconds = std::chrono::duration<double>;

// The kind that a member's type implies.
template <class T>
constexpr Kind kind_of() {
    if constexpr (std::same_as<T, bool>)
        return Kind::boolean;
    else if constexpr (Integer<T> || WholeTime<T> || std::same_as<T, NodeId>)
        return Kind::integer;
    else if constexpr (std::same_as<T, double> || std::same_as<T, Seconds>)
        return Kind::number;
    else if constexpr (Enum<T>)
        return Kind::word;
    else if constexpr (TextLike<T> || std::same_as<T, HttpListen>)
        return Kind::text;
    else
        return Kind::list;
}

inline void put(bool& out, const Value& v) { out = std::get<bool>(v); }
inline void put(NodeId& out, const Value& v) {
    out.value = static_cast<std::uint32_t>(std::get<std::int64_t>(v));
}
inline void put(double& out, const Value& v) { out = std::get<double>(v); }
inline void put(Seconds& out, const Value& v) { out = Seconds{std::get<double>(v)}; }
inline void put(std::vector<std::string>& out, const Value& v) {
    out = std::get<std::vector<std::string>>(v);
}
inline void put(HttpListen& out, const Value& v) { out = parse_listen(std::get<std::string>(v)).value(); }
template <Integer T>
void put(T& out, const Value& v) {
    out = static_cast<T>(std::get<std::int64_t>(v));
}
template <WholeTime T>
void put(T& out, const Value& v) {
    out = T{std::get<std::int64_t>(v)};
}
template <TextLike T>
void put(T& out, const Value& v) {
    out = std::get<std::string>(v);
}
template <Enum T>
void put(T& out, const Value& v) {
    const auto& words = Words<T>::list;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == std::get<std::string>(v)) out = static_cast<T>(i);
    }
}
inline void put(std::vector<PeerAddress>& out, const Value& v) {
    out.clear();
    for (const std::string& text : std::get<std::vector<std::string>>(v))
        out.push_back(parse_peer(text).value());
}

inline Value take(bool v) { return v; }
inline Value take(NodeId v) { return std::int64_t{v.value}; }
inline Value take(double v) { return v; }
inline Value take(Seconds v) { return v.count(); }
inline Value take(const std::vector<std::string>& v) { return v; }
inline Value take(const HttpListen& v) { return listen_text(v); }
template <Integer T>
Value take(T v) {
    return static_cast<std::int64_t>(v);
}
template <WholeTime T>
Value take(T v) {
    return static_cast<std::int64_t>(v.count());
}
inline Value take(const std::string& v) { return v; }
inline Value take(const std::filesystem::path& v) { return v.string(); }
template <Enum T>
Value take(T v) {
    return std::string{Words<T>::list.at(static_cast<std::size_t>(v))};
}
inline Value take(const std::vector<PeerAddress>& v) {
    std::vector<std::string> out;
    for (const PeerAddress& peer : v) out.push_back(peer_text(peer));
    return out;
}

} // namespace cp::config::field
