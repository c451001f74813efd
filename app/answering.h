// The answering side of `reflect`: a reflector out of the settings, fed by the receiver's letters or by a mailbox.
#pragma once

#include <memory>

#include "app/options.h"
#include "app/world.h"
#include "reflector/letters.h"
#include "reflector/mailbox_source.h"

namespace mailprobe::app {

class Answering {
 public:
  /// What open() would find missing, before it touches anything: another process may be at it.
  static Result<void> check(const ReflectCommand& command, const World& world);
  /// nullptr: nobody is answered, no reflector is configured and no mailbox named. Failure::usage names what is
  /// missing. `world` outlives it.
  static Task<Result<std::unique_ptr<Answering>>> open(const ReflectCommand& command, const World& world);

  [[nodiscard]] const Mailbox& address() const { return address_; }
  [[nodiscard]] reflector::Letters& letters() { return *letters_; }
  /// With a mailbox: until the caller is cancelled.
  Task<void> watch() { return source_->watch(); }
  /// Answers that are going out come to their end, the rest stays on disk.
  Task<void> stop();

 private:
  explicit Answering(Mailbox address) : address_(std::move(address)) {}
  Task<Result<void>> open_mailbox(const probe::MailboxAccount& account, reflector::Post post,
                                  std::filesystem::path folder);

  Mailbox address_;
  std::unique_ptr<reflector::Reflector> reflector_;
  std::unique_ptr<reflector::Undecided> undecided_;
  std::unique_ptr<reflector::Letters> letters_;
  std::unique_ptr<reflector::MailboxSource> source_;
};

}  // namespace mailprobe::app
