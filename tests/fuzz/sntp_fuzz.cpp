// SNTP answers: whatever came, what is read of it is bounded and agrees with the times of the question.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/sntp.h"

using namespace mailprobe;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string packet(reinterpret_cast<const char*>(data), size);
  const auto question = sntp_question("12345678");
  const Time sent{std::chrono::milliseconds(1'769'860'800'000)};
  const auto answer = read_sntp(packet, question, sent, sent + std::chrono::milliseconds(40));
  if (!answer && answer.error().message.empty()) std::abort();
  if (answer && answer->error.count() < 0) std::abort();
  return 0;
}
