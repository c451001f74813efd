// schema: how a scenario file may look, for editors and CI; what a document of evidence has, for who reads it.
#include "scenarios/schema.h"
#include "app/commands.h"
#include "app/console.h"
#include "app/exit_status.h"
#include "app/logging.h"
#include "evidence/schema.h"

namespace mailprobe::app {

int run(const SchemaCommand& command, const Setting&) {
  write_out(command.of_evidence ? evidence::schema_json() : scenarios::schema_json());
  return exit_ok;
}

}  // namespace mailprobe::app
