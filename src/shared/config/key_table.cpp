#include "config/key.hpp"
#include "config/table_builder.hpp"

namespace cp::config {

std::span<const Key> keys() {
    static const Table table = [] {
        Table rows;
        add_cluster_keys(rows);
        add_work_keys(rows);
        return rows;
    }();
    return table;
}

std::span<const std::string_view> sections() {
    static const std::vector<std::string_view> names = [] {
        std::vector<std::string_view> found;
        for (const Key& key : keys()) {
            if (found.empty() || found.back() != key.section) found.push_back(key.section);
        }
        return found;
    }();
    return names;
}

} // namespace cp::config
