#pragma once

#include <string_view>

namespace leanspec::bridge::run {

/// Tells the service manager that started us ("READY=1", "STOPPING=1"; sd_notify(3)). Nothing happens without one.
void notify_service(std::string_view state);

}  // namespace leanspec::bridge::run
