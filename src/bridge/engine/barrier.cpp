#include "bridge/engine/barrier.h"

#include <algorithm>

namespace leanspec::bridge::engine {

Barrier::Ticket Barrier::ask(std::uint64_t look) {
  if (questions_.size() == questions_max) questions_.pop_front();
  questions_.push_back(Question{++last_, look});
  return last_;
}

bool Barrier::waits_for_hub() const {
  return std::any_of(questions_.begin(), questions_.end(),
                     [](const Question& question) { return !question.heard && question.nonce == 0; });
}

void Barrier::sent(std::uint64_t nonce) {
  for (Question& question : questions_) {
    if (!question.heard && question.nonce == 0) question.nonce = nonce;
  }
}

void Barrier::heard(std::uint64_t nonce) {
  for (Question& question : questions_) {
    if (question.nonce != 0 && question.nonce <= nonce) question.heard = true;
  }
}

void Barrier::disconnected() {
  for (Question& question : questions_) question.nonce = 0;
}

bool Barrier::quiet(std::uint64_t looked) {
  const auto before = reached_;
  while (!questions_.empty() && questions_.front().heard && questions_.front().look <= looked) {
    reached_ = questions_.front().ticket;
    questions_.pop_front();
  }
  return reached_ != before;
}

}  // namespace leanspec::bridge::engine
