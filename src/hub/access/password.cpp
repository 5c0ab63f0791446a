#include "hub/access/password.h"

#include <argon2.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace leanspec::hub::access {

namespace {

constexpr std::uint32_t memory_kib = 64 * 1024;
constexpr std::uint32_t passes = 2;
constexpr std::uint32_t lanes = 1;
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;
constexpr std::string_view parameters = "$argon2id$v=19$m=65536,t=2,p=1$";
/// Verified in place of a missing one, so that an unknown name takes the same time.
constexpr const char* nobodys_hash =
    "$argon2id$v=19$m=65536,t=2,p=1$bGVhbnNwZWMtbm9ib2R5IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The commonest of twelve characters and more; shorter ones fail by their length.
constexpr std::array<std::string_view, 24> commonest = {
    "123456789012",   "1234567890123", "12345678901234",   "123456789123",
    "111111111111",   "000000000000",  "qwertyuiop12",     "qwertyuiop123",
    "qwertyuiopas",   "1qaz2wsx3edc",  "1q2w3e4r5t6y",     "passwordpassword",
    "password1234",   "password12345", "password123456",   "abcdefghijkl",
    "abcdefghijklm",  "iloveyou1234",  "administrator",    "adminadminadmin",
    "letmeinletmein", "welcome12345",  "changemechangeme", "correcthorsebatterystaple",
};

/// At most two hashes at a time in this process: each holds 64 MiB.
class HashingPlace {
 public:
  HashingPlace() {
    std::unique_lock lock(mutex());
    freed().wait(lock, [] { return taken() < password_hashes_at_once_max; });
    ++taken();
  }
  ~HashingPlace() {
    {
      const std::scoped_lock lock(mutex());
      --taken();
    }
    freed().notify_one();
  }
  HashingPlace(const HashingPlace&) = delete;
  HashingPlace& operator=(const HashingPlace&) = delete;

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  static std::condition_variable& freed() {
    static std::condition_variable one;
    return one;
  }
  static int& taken() {
    static int count = 0;
    return count;
  }
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

Status check_new_password(std::string_view password, std::string_view user_name) {
  const auto refused = [](std::string why) {
    return Error(ErrorCode::invalid, std::move(why), "password", "Four random words do well.");
  };
  if (characters(password) < password_characters_min) return refused("a password needs at least 12 characters");
  if (password.size() > password_bytes_max) return refused("a password may have at most 1,024 bytes");
  const std::string plain = lower(password);
  if (std::find(commonest.begin(), commonest.end(), plain) != commonest.end())
    return refused("this password is among the commonest");
  if (std::all_of(plain.begin(), plain.end(), [&](char c) { return c == plain.front(); }))
    return refused("a password of one character repeated is guessed at once");
  if (!user_name.empty() && plain == lower(user_name)) return refused("the password must not be the name");
  return {};
}

Result<std::string> hash_password(std::string_view password, const FillRandom& fill) {
  std::array<std::uint8_t, salt_bytes> salt{};
  fill(salt);
  std::vector<char> encoded(argon2_encodedlen(passes, memory_kib, lanes, salt_bytes, hash_bytes, Argon2_id));
  const HashingPlace place;
  const int outcome = argon2id_hash_encoded(passes, memory_kib, lanes, password.data(), password.size(), salt.data(),
                                            salt.size(), hash_bytes, encoded.data(), encoded.size());
  if (outcome != ARGON2_OK) {
    return Error(ErrorCode::unavailable,
                 std::string("the password could not be hashed: ") + argon2_error_message(outcome), {}, "Try again.");
  }
  return std::string(encoded.data());
}

Result<bool> verify_password(std::string_view password, std::string_view encoded_hash) {
  const bool nobody = encoded_hash.empty();
  const std::string encoded = nobody ? std::string(nobodys_hash) : std::string(encoded_hash);
  if (password.size() > password_bytes_max) return false;
  const HashingPlace place;
  const int outcome = argon2id_verify(encoded.c_str(), password.data(), password.size());
  if (outcome == ARGON2_OK) return !nobody;
  if (outcome == ARGON2_VERIFY_MISMATCH) return false;
  return Error(ErrorCode::unavailable,
               std::string("the password could not be checked: ") + argon2_error_message(outcome), {}, "Try again.");
}

bool needs_rehash(std::string_view encoded_hash) {
  return !encoded_hash.empty() && encoded_hash.substr(0, parameters.size()) != parameters;
}

}  // namespace leanspec::hub::access
