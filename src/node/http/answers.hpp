// Answers that several of the files of Api give, in one wording. Private to http.
#pragma once

#include "base/result.hpp"
#include "http/cluster_view.hpp"
#include "http/message.hpp"

#include <string>
#include <string_view>

namespace cp::http {

[[nodiscard]] Response json(std::string body);
// `more`: further members, each with its comma in front.
[[nodiscard]] Response success(std::string_view message, std::string_view more = {});
// 503 with Retry-After.
[[nodiscard]] Response try_again(std::string_view message);
// What the store said, for who asked; the line names no path of this machine.
[[nodiscard]] Response store_failed(const Failure&);

[[nodiscard]] std::string task_json(const TaskView&);

} // namespace cp::http
