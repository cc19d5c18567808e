package dev.usher.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import dev.usher.testing.FreePort;
import dev.usher.testing.JavaProcess;
import dev.usher.testing.Page;
import dev.usher.testing.Walk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page on deploying, from the first start over backup and restore to the upgrade,
 * typed as it stands there.
 */
class DeployingPageIT {

	private static final Page PAGE = Page.of("src/docs/deploying.md");

	/**
	 * What a machine has that a test has not: its users, and systemd. A start waits for
	 * the first call, and does not happen where the service is stopped before.
	 */
	private static final String MACHINE = """
			pid=
			due=
			useradd() { :; }
			chown() { :; }
			sleep() { command sleep 0.2; }
			start() {
			  (
			    cd "$WORKING_DIRECTORY"
			    while read -r line; do
			      case $line in Environment=*) line=${line#Environment=}; export "${line//%d/$CREDENTIALS}";; esac
			    done < "$UNIT"
			    exec $(sed -n 's/^ExecStart=//p' "$UNIT")
			  ) >> "$LOG" 2>&1 &
			  pid=$!
			}
			stop() {
			  due=
			  if [ -n "$pid" ]; then
			    kill "$pid"
			    status=0; wait "$pid" || status=$?
			    pid=
			    [ "$status" = "$(sed -n 's/^SuccessExitStatus=//p' "$UNIT")" ] || { echo "ended with $status"; exit 1; }
			  fi
			}
			systemctl() {
			  case $1 in
			    enable | start) due=1;;
			    restart) stop; due=1;;
			    stop) stop;;
			  esac
			}
			curl() {
			  if [ -n "$due" ]; then due=; start; fi
			  kill -0 "$pid" || { cat "$LOG"; exit 1; }
			  command curl "$@"
			}
			trap 'if [ -n "$pid" ]; then kill "$pid"; fi' EXIT
			""";

	/** Carol was made before the backup; the hosts are in the file beside the jar. */
	private static final String AFTER = """
			echo "carol: $(curl -s -o /dev/null -w '%{http_code}' localhost:PORT/auth/login -H 'Content-Type: application/json' \
			  -d '{"username":"carol","password":"a good one of hers"}')"
			echo "host: $(curl -s -o /dev/null -w '%{http_code}' localhost:PORT/ -H 'Host: gateway.example.org')"
			echo "other host: $(curl -s -o /dev/null -w '%{http_code}' localhost:PORT/ -H 'Host: other.example.org')"
			stop
			""";

	@TempDir
	private Path folder;

	@Test
	void pageWhenTypedThenServesIsRestoredAndUpgraded() throws Exception {
		int port = FreePort.next();
		for (String each : new String[] { "opt", "etc", "var", "backups", "root", "work" }) {
			Files.createDirectory(this.folder.resolve(each));
		}
		Walk walk = new Walk(PAGE)
			.with("/usr/bin/java", Path.of(System.getProperty("java.home"), "bin/java") + " " + JavaProcess.QUICK)
			.with("target/usher.jar", JavaProcess.jar())
			.with("/opt/usher", this.folder.resolve("opt"))
			.with("/etc/usher", this.folder.resolve("etc"))
			.with("/var/lib/usher", this.folder.resolve("var"))
			.with("/var/backups", this.folder.resolve("backups"))
			.with("/root", this.folder.resolve("root"))
			.with("localhost:8080", "localhost:" + port);
		configure(walk, port);
		String printed = walk.run(this.folder, variables() + MACHINE, AFTER.replace("PORT", String.valueOf(port)));
		assertThat(printed).contains("carol: 200", "host: 200", "other host: 421");
		assertThat(Files.getPosixFilePermissions(this.folder.resolve("backups/usher.tar.gz")))
			.isEqualTo(PosixFilePermissions.fromString("rw-------"));
		assertThat(Files.readString(this.folder.resolve("log"))).doesNotContain("ERROR", "It is shown this once");
	}

	/**
	 * The configuration of the page beside the jar; what the test needs in the working
	 * directory, which wins.
	 */
	private void configure(Walk walk, int port) throws IOException {
		Files.writeString(this.folder.resolve("opt/application.yaml"),
				PAGE.block("What it needs", "yaml") + "  port: 1\nmanagement.server.port: 1\n");
		Files.writeString(this.folder.resolve("work/application.yaml"),
				"server.port: " + port + "\nmanagement.server.port: 0\n");
		Files.writeString(this.folder.resolve("usher.service"), walk.reworded(PAGE.block("systemd", "ini")));
	}

	private String variables() {
		return "WORKING_DIRECTORY='" + this.folder.resolve("work") + "'\nUNIT='" + this.folder.resolve("usher.service")
				+ "'\nCREDENTIALS='" + this.folder.resolve("etc") + "'\nLOG='" + this.folder.resolve("log") + "'\n";
	}

}
