// How the rows of the key table are made. Internal to key_table.cpp and keys_of_*.cpp.
#pragma once

#include "config/field.hpp"
#include "config/key.hpp"

#include <utility>
#include <vector>

namespace cp::config {

using Table = std::vector<Key>;

// What a row may say beyond name and documentation.
struct Range {
    double min, max;
};
struct Automatic {
    Value value;
};
struct Form {
    std::string_view text;
    bool (*fits)(std::string_view);
};

inline void apply(Key& key, const Range& range) {
    key.min = range.min;
    key.max = range.max;
}
inline void apply(Key& key, const Automatic& automatic) { key.automatic = automatic.value; }
inline void apply(Key& key, const Form& form) {
    key.form = form.text;
    key.fits = form.fits;
}

template <class>
struct MemberType;
template <class Owner, class T>
struct MemberType<T Owner::*> {
    using type = T;
};

// One row for one member of a section; kind, words and conversions follow from the member's type.
template <auto Section, auto Member, class... More>
void add(Table& table, std::string_view section, std::string_view name, std::string_view doc,
         const More&... more) {
    using T = typename MemberType<decltype(Member)>::type;
    Key key{.section = section, .name = name, .doc = doc, .kind = field::kind_of<T>()};
    if constexpr (field::Enum<T>)
        key.words.assign(field::Words<T>::list.begin(), field::Words<T>::list.end());
    key.set = [](Config& config, const Value& value) { field::put(config.*Section.*Member, value); };
    key.get = [](const Config& config) { return field::take(config.*Section.*Member); };
    (apply(key, more), ...);
    table.push_back(std::move(key));
}

void add_cluster_keys(Table&); // [node], [network], [election]
void add_work_keys(Table&);    // the other sections

} // namespace cp::config
