#include "probe/progress.h"

#include <memory>
#include <utility>

namespace mailprobe::probe {

namespace {

using std::chrono::milliseconds;
using Told = std::function<void(const std::string& cause, milliseconds length)>;

Told hiding(Told told, std::shared_ptr<const Hidden> hidden) {
  if (!told) return told;
  return [told = std::move(told), hidden = std::move(hidden)](const std::string& cause, milliseconds length) {
    told(hidden->masked(cause), length);
  };
}

}  // namespace

Progress hiding(Progress progress, const Hidden& hidden) {
  if (hidden.empty()) return progress;
  const auto kept = std::make_shared<const Hidden>(hidden);
  if (progress.step)
    progress.step = [step = std::move(progress.step), kept](const std::string& line) { step(kept->masked(line)); };
  progress.waiting = hiding(std::move(progress.waiting), kept);
  progress.expecting = hiding(std::move(progress.expecting), kept);
  if (progress.dialogue)
    progress.dialogue = [dialogue = std::move(progress.dialogue), kept](Event event) {
      event.text = kept->masked(event.text);
      dialogue(event);
    };
  return progress;
}

}  // namespace mailprobe::probe
