#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "digest/sha256.h"
#include "vocabulary/digest.h"

namespace leanspec::fakes {

/// The text of a file, held once by all who know it and hashed once at most. Never changes; not thread-safe.
class FileText {
 public:
  FileText() : FileText(std::string()) {}
  FileText(std::string bytes) : body_(std::make_shared<Body>(std::move(bytes), std::nullopt)) {}
  FileText(std::string_view bytes) : FileText(std::string(bytes)) {}
  FileText(const char* bytes) : FileText(std::string(bytes)) {}

  [[nodiscard]] const std::string& bytes() const { return body_->bytes; }
  [[nodiscard]] const Digest& digest() const {
    if (!body_->digest) body_->digest = digest::sha256(body_->bytes);
    return *body_->digest;
  }

  friend bool operator==(const FileText& one, const FileText& other) {
    return one.body_ == other.body_ || one.bytes() == other.bytes();
  }

 private:
  struct Body {
    Body(std::string all, std::optional<Digest> hash) : bytes(std::move(all)), digest(hash) {}
    std::string bytes;
    std::optional<Digest> digest;
  };
  std::shared_ptr<Body> body_;
};

}  // namespace leanspec::fakes
