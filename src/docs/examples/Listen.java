import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.Scanner;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Logs in, opens a STOMP session, prints what arrives, and sends what is typed:
 *
 *   java Listen.java alice wonderland [http://localhost:8080]
 *   bob Good morning!                 (goes to bob)
 *
 * One file, a JDK 17 and nothing else.
 */
class Listen implements WebSocket.Listener {

	private final StringBuilder text = new StringBuilder();

	public static void main(String[] arguments) throws Exception {
		if (arguments.length < 2) {
			System.err.println("java Listen.java <username> <password> [http://localhost:8080]");
			System.exit(2);
		}
		URI gateway = URI.create((arguments.length > 2) ? arguments[2] : "http://localhost:8080");
		HttpClient http = HttpClient.newHttpClient();
		String token = logIn(http, gateway, arguments[0], arguments[1]);

		URI address = URI.create(gateway.toString().replaceFirst("^http", "ws") + "/ws");
		WebSocket socket = http.newWebSocketBuilder()
			.subprotocols("v12.stomp")
			.buildAsync(address, new Listen())
			.join();
		// The token goes into the first frame, never into the URL.
		send(socket, "CONNECT\naccept-version:1.2\nAuthorization:Bearer " + token + "\n\n");
		send(socket, "SUBSCRIBE\nid:0\ndestination:/user/topic/greetings\n\n");

		Scanner typed = new Scanner(System.in);
		while (typed.hasNextLine()) {
			String[] words = typed.nextLine().split(" ", 2);
			if (words.length == 2) {
				send(socket, "SEND\ndestination:/user/" + words[0] + "/topic/greetings\n\n" + words[1]);
			}
		}
		// Nothing is typed any more; listen on.
		Thread.currentThread().join();
	}

	private static String logIn(HttpClient http, URI gateway, String username, String password) throws Exception {
		String body = "{\"username\":\"" + username + "\",\"password\":\"" + password + "\"}";
		HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/auth/login"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
		String answer = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
		Matcher token = Pattern.compile("\"access_token\":\"([^\"]+)\"").matcher(answer);
		if (!token.find()) {
			System.err.println(answer);
			System.exit(1);
		}
		return token.group(1);
	}

	private static void send(WebSocket socket, String frame) {
		socket.sendText(frame + "\0", true).join();
	}

	@Override
	public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
		this.text.append(data);
		if (last) {
			System.out.println(this.text.toString().replace("\0", "").strip() + "\n");
			this.text.setLength(0);
		}
		socket.request(1);
		return null;
	}

	@Override
	public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
		System.out.println("closed: " + status + " " + reason);
		System.exit(1);
		return null;
	}

	@Override
	public void onError(WebSocket socket, Throwable error) {
		System.err.println(error);
		System.exit(1);
	}

}
