// The two ends of a task that came over HTTP: the upload that its order makes, and what the store has of it
// in the end. Heavy or blocking: for workers. Private to http.
#pragma once

#include "store/object_store.hpp"
#include "uploads/uploads.hpp"
#include "web/task_order.hpp"

#include <string>
#include <string_view>

namespace cp::http {

// Errors: not_an_image, already_encrypted, and those of the uploads module, one line each.
[[nodiscard]] Outcome<uploads::Upload> upload_of(wire::TaskHeader, const web::TaskOrder&,
                                                 const uploads::HideLimits&);

// The file that it made, or the sentence why there is none.
struct StoredResult {
    std::string key;
    std::uint64_t bytes = 0; // 0: it failed
    std::string failure;
};
// Errors: not_found, and what the store says.
[[nodiscard]] Outcome<StoredResult> find_result(store::ObjectStore&, std::string_view user,
                                                std::string_view task);

} // namespace cp::http
