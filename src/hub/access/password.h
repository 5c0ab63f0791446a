#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "hub/access/entropy.h"
#include "vocabulary/result.h"

namespace leanspec::hub::access {

constexpr std::size_t password_characters_min = 12;
/// Longer ones cost nothing more in argon2, but a request should not carry a book.
constexpr std::size_t password_bytes_max = 1024;
/// Each hash takes 64 MiB; more at once would be a way to exhaust the hub's memory.
constexpr int password_hashes_at_once_max = 2;

/// Long enough and not one of the commonest. No rules about kinds of characters: they make passwords worse. Error:
/// invalid.
[[nodiscard]] Status check_new_password(std::string_view password, std::string_view user_name);

/// argon2id, m = 64 MiB, t = 2, p = 1, encoded with its salt and parameters. At most two at a time; others wait.
/// Errors: unavailable (no memory).
[[nodiscard]] Result<std::string> hash_password(std::string_view password, const FillRandom& fill);
/// False for an empty hash too, in the same time, so that unknown names answer no faster.
[[nodiscard]] Result<bool> verify_password(std::string_view password, std::string_view encoded_hash);
/// Made with weaker parameters than today's: hash it again at the next sign-in.
[[nodiscard]] bool needs_rehash(std::string_view encoded_hash);

}  // namespace leanspec::hub::access
