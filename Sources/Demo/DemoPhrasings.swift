/// One action of the task and the ways to ask for it.
///
/// A phrasing is a sentence with slots in braces; `[a|b]` stands for either `a` or `b`, so that a
/// few lines make many phrasings. The test's phrasings are written out, and each has a stretch of
/// three or more words between slots that no other split shows.
struct DemoAction {
  let name: String
  let slots: [DemoSlot]
  let train: [String]
  let test: [String]

  static let all = [
    DemoAction(
      name: "set_alarm", slots: [.time, .label],
      train: [
        "[set|create|make|add|put] an alarm [for|at] {time} [called|named|labelled|for] {label}",
        "{label}: [set|create|add] an alarm [for|at] {time}",
        "wake me [up |]at {time} for {label}",
        "[I want|I need|give me] an alarm at {time} for {label}",
        "alarm [for|at] {time}, [label|name it|call it] {label}",
        "my alarm for {label} [should ring|must ring|rings] at {time}",
        "ring [an alarm|the alarm] at {time} for {label}",
        "I have to wake up at {time} for {label}",
        "for {label}, set [an|my] alarm at {time}",
        "wake me for {label} at {time}",
      ],
      test: [
        "I need to be woken at {time} because of {label}",
        "schedule a wake-up alarm for {label}, going off at {time}",
        "let an alarm go off at {time}; its label is {label}",
        "{label} is coming up, so I want the alarm to sound at {time}",
      ]),
    DemoAction(
      name: "start_timer", slots: [.minutes, .label],
      train: [
        "[start|set|run|begin] a {minutes} minute timer for {label}",
        "[start|set|run|make] a timer [for|of] {minutes} minutes [for|called|named] {label}",
        "{label}: [start|set] a timer [for|of] {minutes} minutes",
        "timer for {label}, {minutes} minutes",
        "{minutes} minutes on the timer for {label}",
        "count [down |]{minutes} minutes for {label}",
        "[I need|give me|I want] a {minutes} minute timer for {label}",
        "time {label} for {minutes} minutes",
        "put {minutes} minutes on the timer for {label}",
        "{label} takes {minutes} minutes, [start|set] a timer",
      ],
      test: [
        "get a countdown timer going for {label}: {minutes} minutes",
        "the timer for {label} ought to run {minutes} minutes",
        "keep time for {label} with a timer lasting {minutes} minutes",
        "launch a timer that lasts {minutes} minutes and name it {label}",
      ]),
    DemoAction(
      name: "schedule_meeting", slots: [.with, .day, .time],
      train: [
        "[schedule|book|set up|arrange|plan] a meeting with {with} [on|for] {day} at {time}",
        "[schedule|plan|put] a meeting on {day} at {time} with {with}",
        "meet {with} on {day} at {time}",
        "[I have|I need] a meeting with {with} on {day} at {time}",
        "on {day} at {time} I am meeting {with}",
        "meeting with {with}, {day}, {time}",
        "[add|put] a meeting with {with} [to|in|on] my calendar for {day} at {time}",
        "at {time} on {day}, [book|schedule|plan] a meeting with {with}",
        "{with} wants to meet [me |]on {day} at {time}",
        "{day} at {time}, meeting with {with}",
      ],
      test: [
        "I would like to sit down for a meeting with {with} this {day}, {time}",
        "pencil in a meeting: {with}, coming {day}, starting at {time}",
        "find room in my calendar to meet {with}; {day} at {time} suits us",
        "{with} and I agreed to meet each other {day} at {time}",
      ]),
    DemoAction(
      name: "send_message", slots: [.to, .text],
      train: [
        "[send|write] a message to {to} [saying|that says] {text}",
        "tell {to} [that |]{text}",
        "[text|message] {to} [that |saying |]{text}",
        "let {to} know [that |]{text}",
        "message to {to}: {text}",
        "[send|write to] {to} that {text}",
        "send {to} [a message|a text|the message]: {text}",
        "inform {to} that {text}",
        "{to} should know that {text}",
        "say to {to} that {text}",
      ],
      test: [
        "shoot a quick message over to {to}: {text}",
        "drop {to} a short message so they know {text}",
        "pass the message along to {to} that {text}",
        "get word to {to} by message that {text}",
      ]),
    DemoAction(
      name: "add_item", slots: [.item, .quantity, .list],
      train: [
        "[add|put|write] {quantity} {item} [to|on] [the|my] {list} list",
        "[the|my] {list} list needs {quantity} {item}",
        "[add|put] {item} [to|on] the {list} list, {quantity} of them",
        "we need {quantity} {item} on the {list} list",
        "on [the|my] {list} list, [add|put|write] {quantity} {item}",
        "{list} list: {quantity} {item}",
        "[include|note] {quantity} {item} on the {list} list",
        "{quantity} {item} for the {list} list",
        "the {list} list should have {quantity} {item}",
        "add to the {list} list: {quantity} {item}",
      ],
      test: [
        "make sure the {list} list also gets {quantity} {item}",
        "don't let me forget {quantity} {item} when you update the {list} list",
        "{quantity} {item} are missing from the {list} list, add them",
        "jot down {quantity} {item} under the {list} list",
      ]),
    DemoAction(
      name: "set_temperature", slots: [.room, .degrees],
      train: [
        "[set|turn|change|bring] the {room} [temperature |]to {degrees} degrees",
        "set the temperature [in|of] the {room} to {degrees} [degrees|]",
        "[heat|cool|warm] the {room} to {degrees} degrees",
        "make the {room} {degrees} degrees",
        "the {room} should be [at |]{degrees} degrees",
        "{degrees} degrees in the {room}",
        "I want {degrees} degrees in the {room}",
        "[keep|hold] the {room} at {degrees} degrees",
        "{room} temperature {degrees} degrees",
        "in the {room}, set {degrees} degrees",
      ],
      test: [
        "adjust the heating so that the {room} reaches {degrees} degrees",
        "it would be nice to have the {room} at a temperature of {degrees}",
        "have the thermometer in the {room} read {degrees} degrees",
        "I'd be comfortable with {degrees} degrees inside the {room}",
      ]),
    DemoAction(
      name: "set_light", slots: [.room, .level],
      train: [
        "[set|turn|dim|change|bring] the {room} [lights|light] to {level} [percent|%]",
        "[set|turn|dim] the [lights|light] in the {room} to {level} [percent|%]",
        "the {room} [lights|light] should be at {level} percent",
        "{room} lights [at|to] {level} percent",
        "put the {room} lights [at|on] {level} percent",
        "I want the {room} light at {level} percent",
        "{level} percent light in the {room}",
        "make the light in the {room} {level} percent",
        "lights in the {room}: {level} percent",
        "in the {room}, dim the lights to {level} percent",
      ],
      test: [
        "brightness of the lights in the {room} belongs at {level} percent",
        "adjust how bright the {room} lights are, {level} percent please",
        "could we have the lamps and lights of the {room} glow at {level} percent",
        "lower or raise the {room} lights until they hit {level} percent",
      ]),
    DemoAction(
      name: "play_music", slots: [.title, .artist],
      train: [
        "play [the song |]{title} by {artist}",
        "[put on|start|play] {title} [by|from] {artist}",
        "I [want|would like] to hear {title} by {artist}",
        "[play|start] {artist}'s [song |]{title}",
        "play something by {artist}, the song {title}",
        "by {artist}, play {title}",
        "play me {title} by {artist}",
        "let me hear {title} by {artist}",
        "music: {title} by {artist}",
        "from {artist}, play [the song |]{title}",
      ],
      test: [
        "I'm in the mood for the song {title} by {artist}",
        "queue up some music: {artist} with {title}",
        "how about we listen to {title}, a song by {artist}",
        "blast that song by {artist} called {title}",
      ]),
    DemoAction(
      name: "get_directions", slots: [.place, .mode],
      train: [
        "[how do I get|how can I get|how do we get] to {place} {mode}",
        "[give me|show me|I need|find] directions to {place} {mode}",
        "[show|find] [me |]the way to {place} {mode}",
        "take me to {place} {mode}",
        "directions to {place}, {mode}",
        "{mode}, how do I get to {place}",
        "I want to go to {place} {mode}",
        "[guide|lead] me to {place} {mode}",
        "what is the way to {place} {mode}",
        "I am going to {place} {mode}, show [me |]the way",
      ],
      test: [
        "what route gets me over to {place} when I go {mode}",
        "plot me a route for reaching {place} {mode}",
        "I'm planning on getting to {place} {mode}, which way is best",
        "navigate towards {place}, {mode} this time",
      ]),
    DemoAction(
      name: "set_reminder", slots: [.task, .time],
      train: [
        "remind me to {task} at {time}",
        "remind me at {time} to {task}",
        "[set|add|create|make] a reminder [for|at] {time} to {task}",
        "[set|add|create|make] a reminder to {task} at {time}",
        "at {time}, remind me to {task}",
        "I [must|have to|need to] {task} at {time}, remind me",
        "reminder at {time}: {task}",
        "reminder: {task} at {time}",
        "give me a reminder to {task} at {time}",
        "{task} at {time}, [please |]remind me",
      ],
      test: [
        "nudge me with a reminder so I {task}, say at {time}",
        "I always forget to {task}; a reminder at {time} would help",
        "don't let {time} go by without reminding me to {task}",
        "a reminder should pop up at {time}: {task}",
      ]),
    DemoAction(
      name: "book_table", slots: [.place, .people, .time],
      train: [
        "[book|reserve|get] a table [at|in] {place} for {people} [people |]at {time}",
        "[book|reserve|get] a table for {people} [people |]at {place} at {time}",
        "at {time}, [book|reserve] a table for {people} at {place}",
        "table for {people} at {place}, {time}",
        "[I need|I want|we need|we want] a table for {people} at {place} at {time}",
        "we are {people} people and want to eat at {place} at {time}",
        "{people} of us want a table at {place} at {time}",
        "[reserve|book] {place} for {people} people at {time}",
        "dinner for {people} at {place} at {time}, book a table",
        "find a table at {place} for {people} people at {time}",
      ],
      test: [
        "secure us a table over at {place}, party of {people}, {time}",
        "{people} guests will join me, so hold a table at {place} from {time}",
        "call ahead to {place} about a table seating {people} at {time}",
        "I'm hoping to dine with a table of {people} at {place} around {time}",
      ]),
  ]
}
