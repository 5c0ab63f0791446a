#include "host/system_error.h"

#include <cerrno>
#include <cstring>
#include <utility>

namespace leanspec::host {
namespace {

[[nodiscard]] ErrorCode code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::not_found;
    case EEXIST:
      return ErrorCode::already_exists;
    case EACCES:
    case EPERM:
      return ErrorCode::forbidden;
    case ENOSPC:
    case EDQUOT:
    case EROFS:
      return ErrorCode::no_space;
    case ELOOP:
    case EXDEV:
    case ENAMETOOLONG:
      return ErrorCode::invalid;
    default:
      return ErrorCode::io;
  }
}

[[nodiscard]] std::string remedy_of(int number) {
  switch (number) {
    case EACCES:
    case EPERM:
      return "Give the user that runs this program the right to it.";
    case ENOSPC:
    case EDQUOT:
      return "Free some space on the disk.";
    case EROFS:
      return "Mount the disk for writing.";
    case EMFILE:
    case ENFILE:
      return "Raise the limit of open files (ulimit -n).";
    default:
      return {};
  }
}

}  // namespace

Error system_error(int number, std::string what, std::string subject) {
  what += " (";
  what += std::strerror(number);
  what += ')';
  return Error(code_of(number), std::move(what), std::move(subject), remedy_of(number));
}

}  // namespace leanspec::host
