// Sends the answers of the lab's targets (lab/answers.h): from the target's own address to the MX of whom it answers,
// over STARTTLS where that is offered. Queues nothing; those who answer to our traps heed what is published there, and
// come again, or heed nothing. RFC 5321 §5.1.
#pragma once

#include <memory>

#include "lab/answers.h"
#include "lab/faults.h"
#include "lab/world.h"

namespace mailprobe::lab {

/// By value: it outlives the session that brought the question.
Task<void> answer(std::shared_ptr<World> world, const Host& host, Answering how, Question question);

}  // namespace mailprobe::lab
