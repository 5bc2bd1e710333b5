internal import AnnealFiles

/// Requests put together from parts: what is wanted, and each slot in a clause of its own.
///
/// The written phrasings of `DemoAction` are few hundred; a model learns those by heart. Parts in any
/// order make many thousands, of which no two rows need share one, so that what is left to learn is
/// what marks a slot.
struct DemoGrammar {
  /// A way to name a slot behind what is wanted, and in front of it.
  struct Clauses {
    let after: [String]
    let before: [String]
  }

  /// What is wanted as an order, that `starters` may stand before.
  let orders: [String]
  /// What is wanted as a sentence or a word of its own.
  let statements: [String]
  let clauses: [DemoSlot: Clauses]

  /// A phrasing of `slots`, with the slots in braces.
  func phrasing(_ slots: [DemoSlot], using source: inout SplitMix64) -> String {
    var head = source.pick(source.chance(0.35) ? orders : statements)
    if orders.contains(head), source.chance(0.4) { head = source.pick(Self.starters) + head }
    var rest = source.shuffled(slots.filter { !head.contains("{\($0.rawValue)}") })
    // What somebody is told runs to the end of the request; nothing could stand behind it.
    if let place = rest.firstIndex(of: .text) { rest.append(rest.remove(at: place)) }
    var front = ""
    if source.chance(0.3), let first = rest.first, let known = clauses[first],
      !known.before.isEmpty
    {
      front = source.pick(known.before) + source.pick([", ", ", ", ": ", "; ", " - "])
      rest.removeFirst()
    }
    let joint = source.pick([" ", " ", " ", ", ", ", ", "; "])
    let tail = rest.map { joint + source.pick(clauses[$0]?.after ?? []) }.joined()
    return DemoRowMaker.expand(front + head + tail, using: &source)
  }

  private static let starters =
    words(
      """
      I want you to, can you, could you please, would you, will you, it would be good to, go ahead and,
      you should, it is time to, we have to, would you be able to, I am asking you to, you have to,
      my wish is to, I need someone to, somebody has to, try to, remember to, I'd love you to,
      the job is to, start to, are you able to, it is best to, I told you to, I said to, why not
      """
    ).map { $0 + " " }

  private static func parts(_ lines: String) -> [String] {
    lines.split(separator: "\n").flatMap { $0.split(separator: "/") }.map(String.init)
      .map { words($0).joined(separator: ", ") }.filter { !$0.isEmpty }
  }

  private static func clauses(_ after: String, before: String = "") -> Clauses {
    Clauses(after: parts(after), before: parts(before))
  }

  /// The grammar of an action; nil for a name that there is none for.
  static func of(_ action: String) -> DemoGrammar? { all[action] }

  // Slots that several actions have.
  private static let clock = clauses(
    """
    at {time}/at {time}/for {time}/by {time}/{time}/around {time}/from {time}/time {time}/at exactly {time}
    make that {time}/it should be at {time}/not later than {time}/say {time}/the time is {time}/about {time}
    when it is {time}/on the dot at {time}/as of {time}/let it be {time}/{time} is the time/set for {time}
    """,
    before:
      "at {time}/by {time}/{time}/around {time}/when it is {time}/time {time}/for {time}/from {time}"
  )
  private static let person = """
    with {with}/with {with}/together with {with}/and {with}/to see {with}/{with} is the guest
    {with} will be there/and invite {with}/{with} and me/it is with {with}/person: {with}/with {with} there
    between {with} and me/{with} comes too/for {with} and me
    """
  private static let event = """
    for {label}/for {label}/because of {label}/called {label}/named {label}/label {label}/label it {label}
    and call it {label}/and name it {label}/under the name {label}/with the label {label}/it is for {label}
    since I have {label}/as {label} is on/because {label} is near/with {label} as its label/label: {label}
    it is about {label}/the reason is {label}/so that {label} goes well/the label is {label}/due to {label}
    to be on time for {label}/for the sake of {label}/as I have {label}/then {label} is on/{label} is why
    when I do {label}/and write {label} on it/so I do not miss {label}/and the name is {label}
    """
  private static let eventBefore = """
    for {label}/because of {label}/I have {label}/there is {label}/{label}/{label} is soon/as to {label}
    {label} is on today/we do {label}/since it is {label}/it is {label} now/thinking of {label}/label {label}
    """
  private static let roomClauses = clauses(
    """
    in the {room}/in the {room}/of the {room}/for the {room}/inside the {room}/the {room} I mean
    where the {room} is/room: {room}/over in the {room}/the room is the {room}/in our {room}/in my {room}
    that is in the {room}/and I mean the {room}/as for the {room}
    """,
    before:
      "in the {room}/for the {room}/inside the {room}/{room}/the {room}/about the {room}/in my {room}/as for the {room}"
  )

  private static let all: [String: DemoGrammar] = [
    "set_alarm": DemoGrammar(
      orders: parts(
        """
        set an alarm/create an alarm/make an alarm/add a new alarm/wake me/wake me up/ring the alarm
        get me out of bed/turn the alarm on/switch on the alarm clock/program the alarm/wake us
        have the alarm ring/let the alarm buzz/have my phone wake me/make the alarm clock beep/get me up
        put the alarm clock to work/see that I am awake/call me out of my sleep/set my alarm clock
        save an alarm/start an alarm/wake me with an alarm/sound the alarm/have an alarm wake me
        """),
      statements: parts(
        """
        I need an alarm/there should be an alarm/the alarm should ring/an alarm is needed/a new alarm
        I have to be awake/I have to get up/an alarm has to ring/alarm/alarm clock/wake-up call
        I must not oversleep/I would like to be woken/an alarm needs to be set/I want to be up
        my alarm goes off/the alarm clock rings/one alarm/I hope to be awake/my alarm is
        being woken would be good/the alarm must sound/I can't sleep longer/the alarm I need is
        {label} [starts|begins|comes|happens|is planned|opens|is next|needs me] [at|from|by|around] {time}
        {label} [ought to|should|has to|must|will|can|may|might] [begin|start|be] at {time}, alarm please
        the alarm [ought to|will|may|might|can] [wake me|ring|go] [at|by] {time} [for|because of|thanks to|ahead of|before] {label}
        [someone|something|a bell|a tone|the phone] [should|must|has to|ought to] wake me [for|before|because of] {label} at {time}
        I [want|hope|plan|have|wish|expect|like|love] to be [awake|woken|up|called|roused] [for|before|because of|ahead of] {label}
        being [up|awake|woken] by {time} [helps|matters|counts|is needed|is good] [for|because of|ahead of|with] {label}
        {label} [waits|matters|counts|is early|calls|follows], so [wake|rouse|call] me at {time}
        I [need|want|hope|wish|have|ask|like|expect|would like|must get|plan] to [be|get] [woken|roused|awake|called|up|awakened|shaken awake] at {time} [for|because of|due to|ahead of|before|as to] {label}
        {label} [is coming|is coming up|is near|draws near|is close|is on|is ahead|follows|is today|is tomorrow|is due|awaits], [so|and so|and|therefore|then] [I want|I need|set|give me|let|have] [the|an|my] alarm [to ring|ringing|ring|on|going|to go off|to buzz|] at {time}
        [wake|rouse|waken|awaken|stir|lift|raise] [me|us] [up|] at {time} [because of|for|due to|thanks to|on account of] {label}
        waking [up|] at {time} [is needed|is a must|matters|is wanted] [because of|for|due to] {label}
        an alarm [ought to|should|has to|must|will|can|may|might|could|would|shall|is to|is going to|needs to|wants to|gets to|is about to] [ring|sound|go off|buzz|beep|be heard] at {time}; [its|the] [name|label|title|tag] [is|reads|says|should be] {label}
        """),
      clauses: [.time: clock, .label: clauses(event, before: eventBefore)]),
    "start_timer": DemoGrammar(
      orders: parts(
        """
        start a timer/set a timer/run a timer/begin a timer/start the countdown/count down/make a timer
        start the clock/time me/get the timer going/put the timer on/create a timer/use a timer/time this
        start timing/let a timer run/set the kitchen timer/run the clock/watch the time/start a countdown
        set the timer to {minutes} minutes/give me {minutes} minutes/beep after {minutes} minutes
        wait {minutes} minutes/ring in {minutes} minutes/time {label}/keep an eye on {label}
        tell me when {minutes} minutes are over/tell me when {label} is done/stop {label}
        """),
      statements: parts(
        """
        I need a timer/timer/countdown/a new timer/the timer should run/there should be a timer/one timer
        a timer is needed/the countdown begins/a {minutes} minute timer/a timer of {minutes} minutes
        {minutes} minutes on the clock/the timer takes {minutes} minutes/I have {minutes} minutes
        I am starting {label}/we begin {label}/{label} is starting/{label} goes on/timer {label}
        the timer is set/my timer/the clock is running/the timer must end
        {label} [ought to|should|has to|must|will|can|may|might] [take|last|go on for|run for|be] {minutes} minutes
        the timer [of|for] {label} [ought to|will|may|might|can|has to|shall|must] [ring|end|stop|beep] after {minutes} minutes
        {label} [stops|ends|finishes|is over|cooks|boils|rests|goes|stays|wants] [in|after|for] {minutes} minutes
        [give|grant|allow|spare|leave] {label} [some|just|only|exactly|about|another|a good] {minutes} minutes
        [track|watch|measure|clock|follow|mind] {label} [over|through|during|across|with] {minutes} minutes
        {minutes} minutes [go|belong|are given|are set] to {label}
        a [stopwatch|countdown|clock|timer] [running|going|set|counting] [for|over] {minutes} minutes [while|as] {label} [goes on|lasts|cooks]
        the timer [of|for|on] {label} [ought to|should|has to|must|will|can|may|might|could|would|shall|is to|is going to|needs to|wants to|gets to|is about to] [run|last|go|take|count|tick|stop at|be] {minutes} minutes
        {label} [ought to|should|has to|must|will|can|may|might|could|would|shall|is to|is going to|needs to|wants to|gets to|is about to] [run|last|go|take|cook|rest|be timed for|be over in] {minutes} minutes
        [mind|keep|watch|track|count|measure|note] the [time|clock|minutes] [for|of|on|during] {label} [with|by|using|through|on] a timer [of|lasting|running|over] {minutes} minutes
        [get|put|have|keep|set] a [timer|countdown|clock] [going|running|on|ready|ticking] [for|on|with] {label}: {minutes} minutes
        """),
      clauses: [
        .minutes: clauses(
          """
          for {minutes} minutes/of {minutes} minutes/{minutes} minutes/lasting {minutes} minutes
          in {minutes} minutes/after {minutes} minutes/it takes {minutes} minutes/{minutes} minutes long
          with {minutes} minutes/over {minutes} minutes/that runs {minutes} minutes/{minutes} minutes should do
          {minutes} minutes from now/at {minutes} minutes/which needs {minutes} minutes/to {minutes} minutes
          and stop after {minutes} minutes/for about {minutes} minutes/it goes {minutes} minutes
          """,
          before: """
            for {minutes} minutes/in {minutes} minutes/after {minutes} minutes/{minutes} minutes
            {minutes} minutes from now/with {minutes} minutes left
            """),
        .label: clauses(event, before: eventBefore),
      ]),
    "schedule_meeting": DemoGrammar(
      orders: parts(
        """
        schedule a meeting/book a meeting/plan a meeting/set up a meeting/arrange a meeting/meet {with}
        put a meeting in the calendar/add a meeting/create a meeting/fix a meeting/organise a meeting
        schedule {with}/book {with}/put {with} in the calendar/make an appointment/plan a talk
        enter a meeting/see {with}/invite {with}/call a meeting/note a meeting/save the date/set a date
        have me meet {with}/make time/keep a slot free/set aside an hour/block my calendar
        """),
      statements: parts(
        """
        I need a meeting/meeting/a new meeting/we meet/there is a meeting/I am going to meet {with}
        {with} wants a meeting/{with} would like to see me/appointment/a talk/{with} and I talk/calendar
        the meeting is/a meeting should be planned/{with} has asked for a meeting/I have an appointment
        {with} will come by/we have to talk/my next meeting is/{with} needs to see me/{with} is waiting
        a meeting has to be booked/we have a date/an hour is needed/I said yes to {with}
        {with} [said|thinks|hopes|agrees|prefers|asks|wrote|insists|knows] that {day} at {time} [is good|works|would do|is fine]
        [let me|I'd like to|I want to|we should|I must|I will|I can] [meet|see|visit|join|consult|catch] {with} [come|this|next|on|by] {day}
        {with} [visits|drops by|calls|comes over|arrives|stops by|expects me|needs me|is around] [on|this|next] {day} [at|around|from] {time}
        [hold|keep|free|clear|mark|fill] {day}, {time}, [so that|because|since|as] {with} [comes|visits|is there]
        [lunch|coffee|a call|a chat|an hour|tea|an interview] with {with} [on|this|next] {day} [at|from|around] {time}
        {day} [sees|brings|has|means|holds] a meeting: {with}, [at|from] {time}
        between {with} and me [there is|we have|we plan|stands] a meeting [on|this] {day}
        I [want|need|plan|hope|wish|have|aim|intend] to [meet|sit down|talk|get together|catch up|speak|confer] [with|for a talk with|for a chat with] {with} [this|on|next|come] {day}, {time}
        [note|write|put|mark|enter|add|sketch|type] [in|down|] a meeting: {with}, [on|this|next|coming on] {day}, [from|at|starting|beginning at] {time}
        [find|make|clear|keep|get] [time|space|a slot|a gap|some room] in my [diary|week|day|planner|schedule] [to see|for|to meet] {with}; {day} at {time} [is fine|works|is good|would do]
        {with} and [I|me] [agree|agreed|decided|want|plan|hope|arranged|promised] to [see each other|get together|meet up|meet|talk|come together] [on|this|next|] {day} at {time}
        """),
      clauses: [
        .with: Clauses(
          after: parts(person),
          before: parts("with {with}/{with}/as to {with}/{with} called/for {with}")),
        .day: clauses(
          """
          on {day}/on {day}/for {day}/{day}/next {day}/day: {day}/the day is {day}/on the coming {day}
          when it is {day}/{day} is good/{day} would be fine/say {day}/make it {day}/it has to be {day}
          """,
          before: "on {day}/{day}/for {day}/next {day}/it is for {day}"),
        .time: clock,
      ]),
    "send_message": DemoGrammar(
      orders: parts(
        """
        send a message/write a message/send a text/tell {to}/inform {to}/message {to}/text {to}/write {to}
        let {to} know/write to {to}/send {to} a message/send word/pass on a message/answer {to}/update {to}
        send this message/write a few words/send a line/give {to} the message/send {to} the following
        notify {to}/tell them, I mean {to}/leave {to} a message/reply to {to}/get a message out/mail {to}
        say to {to}/make {to} aware/send {to} some words/write {to} a line/ask me nothing and tell {to}
        """),
      statements: parts(
        """
        message/new message/a message/{to} should hear this/{to} has to know/a text/I have news
        {to} must be told/there is a message/message {to}/{to} asked me/a line/I want {to} to know
        {to} wants to know something/{to} gets a message/I have to write {to}/a note goes out
        the message is ready/my answer/{to} is waiting for word/here is a message/one message
        {to} [ought to|should|has to|must|will|can|may|might|would like to] [know|hear|learn|read|find out] that {text}
        [shoot|fire|flick|beam|drop|toss|carry|bring|hand] {to} [the|a|this|some|one] [short|brief|little|quick|small|new|kind] [message|note|line|word]: {text}
        [give|pass|hand|bring|carry|forward|relay|take] [a|the|this|my] [message|note|line|word|news] [on|over|along|] to {to}: {text}
        {to} [waits|hopes|expects|longs|wants] to [hear|learn|know] that {text}
        [spread|get|put|send] the [word|news|message] [out|over|across] to {to}: {text}
        [explain|report|mention|point out|announce|confirm|reveal] to {to} that {text}
        by [note|message|text|mail|phone], {to} [learns|hears|reads|gets told] that {text}
        so that {to} [knows|learns|is aware|can plan|hears it], [write|text|tell them]: {text}
        [get|pass|give|send|bring|carry|hand] [word|news|a note|the message|a line|this] [to|along to|over to|on to] {to} [by message|by text|in writing|today|now|quickly|] that {text}
        [drop|send|write|shoot|give|leave|text] {to} a [short|quick|brief|little|small|fast|tiny] [message|note|line|text|word] [so they know|so they hear|to say|that says|saying|and say] {text}
        [drop|send|write|shoot|give|fire|beam] a [short|quick|brief|little|small|fast|tiny] [message|note|line|text|word] [over|off|out|across|] to {to}: {text}
        """),
      clauses: [
        .to: clauses(
          """
          to {to}/to {to}/for {to}/and {to} gets it/that {to} should read/to my friend {to}/who: {to}
          {to} is to get it/that goes to {to}/addressed to {to}/it is for {to}/meant for {to}
          """,
          before: "to {to}/for {to}/{to}/as to {to}/{to} has to know"),
        .text: clauses(
          """
          that {text}/that {text}/{text}/saying {text}/saying that {text}/it says {text}/with the words {text}
          the text is {text}/and say {text}/the message is that {text}/about this: {text}/text: {text}
          because {text}/namely that {text}/which says {text}/in short {text}/and it goes {text}/I quote {text}
          so it is known that {text}/as follows: {text}/to the effect that {text}/with the news that {text}
          """),
      ]),
    "add_item": DemoGrammar(
      orders: parts(
        """
        add {quantity} {item}/put {quantity} {item}/write {quantity} {item}/note {quantity} {item}
        buy {quantity} {item}/get {quantity} {item}/add an entry, {quantity} {item},/include {quantity} {item}
        remember {quantity} {item}/save {quantity} {item}/change the {list} list to have {quantity} {item}
        update the {list} list with {quantity} {item}/put {quantity} more {item}/enter {quantity} {item}
        give the {list} list {quantity} {item}/add to the {list} list {quantity} {item}/order {quantity} {item}
        extend the {list} list by {quantity} {item}/let the {list} list show {quantity} {item}
        write down {quantity} {item}/list {quantity} {item}/find room for {quantity} {item}
        set {item} to {quantity}/add {item}, {quantity} in all,/add {item} ({quantity})/take {quantity} {item}
        """),
      statements: parts(
        """
        {quantity} {item}/we need {quantity} {item}/I need {quantity} {item}/we ran out of {item}, {quantity} more
        I want {quantity} {item}/there should be {quantity} {item}/{quantity} {item} should be
        {quantity} {item} have to be/we have no {item}, so {quantity} of them/{quantity} {item} must stand
        the {list} list wants {quantity} {item}/the {list} list has no {quantity} {item} yet
        the {list} list lacks {quantity} {item}/the {list} list: {quantity} {item}/{quantity} more {item}
        my {list} list should say {quantity} {item}/I forgot {quantity} {item}/we lack {quantity} {item}
        {quantity} {item} would be good/{quantity} {item} are needed/{quantity} {item} belong
        {quantity} {item} [ought to|should|has to|must|will|can|may|might] [be|go|stand|get|land] on the {list} list
        the {list} list [ought to|should|has to|must|will|can] [get|have|show|hold|include|name|carry] {quantity} {item}
        [when|once|while|as] you [see|open|write|read|update|fix|check] the {list} list, [add|note|put|type] {quantity} {item}
        {item} [belongs|goes|is missing|lacks], {quantity} of [them|it], [on|from|in|under] the {list} list
        [under|within|below|inside|beneath|across] the {list} list [note|write|jot|type|put] {quantity} {item}
        {quantity} {item} [were|are|is|was] [lost|missing|absent|left off|forgotten] [on|from|in] the {list} list
        [scribble|jot|type|mark|record|log|place|drop] {quantity} {item} [down on|onto|on|into|for] the {list} list
        my {list} list [grows|changes|is longer|is fuller] by {quantity} {item}
        {quantity} {item} [ought to|should|has to|must|will|can|may|might|could|would|shall|is to|is going to|needs to|wants to|gets to|is about to] [be|go|stand|get|come|land|appear] [on|under|in|onto|into] the {list} list
        [note|write|jot|put|take|scribble|type|mark] [down|] {quantity} {item} [under|on|in|below|into|within|beneath|at] the {list} list
        {quantity} {item} [are|is|were|seem|look] [missing|gone|absent|lacking|left out|not there] [from|on|in|under] the {list} list[, add them|, put them there|, please add them|]
        [do not|don't|never|please don't] let me [leave out|lose|skip|miss|overlook] {quantity} {item} [when|if|once|as|while] [you|we|they] [open|fix|change|check|write|see|go through] the {list} list
        [check|see|take care|be sure|ensure|verify] [that|] the {list} list [has|gets|shows|holds|names|also has|also shows|includes] {quantity} {item}
        """),
      clauses: [
        .list: clauses(
          """
          on the {list} list/to the {list} list/for the {list} list/in the {list} list/on my {list} list
          list: {list}/on our {list} list/the list is {list}/onto the {list} list/it is for the {list} list
          at the end of the {list} list/in my list for {list}/where the {list} list is/with the {list} list
          to the list called {list}/on the list named {list}/into the {list} list/the {list} list I mean
          [under|below|inside|within|beneath|at the top of|next on] [the|my|our] {list} list
          """,
          before: """
            on the {list} list/for the {list} list/{list} list/in the {list} list/the {list} list/list {list}
            about the {list} list/when you see the {list} list/to the {list} list
            """)
      ]),
    "set_temperature": DemoGrammar(
      orders: parts(
        """
        set the temperature/change the temperature/set the heating/turn the heating/heat the {room}
        warm the {room}/cool the {room}/bring the {room}/set the thermostat/regulate the {room}
        put the heating/keep the {room}/make the {room} warm/make the {room} cool/turn the heater
        move the temperature/raise the heat/lower the heat/get the {room}/hold the temperature
        let it be {degrees} degrees/make it {degrees} degrees/give me {degrees} degrees
        have {degrees} degrees/go for {degrees} degrees/control the climate/choose {degrees} degrees
        """),
      statements: parts(
        """
        temperature/heating/the temperature should be/I want {degrees} degrees/{degrees} degrees
        the heating goes/it should be {degrees} degrees/we need {degrees} degrees/the heater is to go
        {degrees} degrees would be good/{degrees} degrees is what I like/a warm {room}/the {room} is
        the {room} should be warm/I like the {room}/the temperature must be/thermostat/the air should be
        I feel best with {degrees} degrees/the {room} has to get/{degrees} degrees is right/climate
        the {room} [ought to|should|has to|must|will|can|may|might] [reach|get to|show|hit|hold|be|stay at|feel like] {degrees} degrees
        the {room} [gets|becomes|hits|shows|stays at|climbs to|falls to|settles at|rises to|drops to|warms to|cools to|needs|likes|feels like|ends at] {degrees} degrees
        [someone|we|I|they|everyone] [want|like|love|prefer|need|enjoy] the {room} [at|with|to show|to reach|to have] {degrees} degrees
        [see|check|take care|arrange|work] that the {room} [gets|has|shows|hits|keeps|stays at] {degrees} degrees
        in the {room} the [heater|thermometer|thermostat|air|heating] [reads|shows|says|goes to|stays at] {degrees} degrees
        [nice|lovely|good|pleasant|fine|great] would be the {room} [at|with|around] {degrees} degrees
        it [is|would be|gets|feels|seems] [good|nice|fine|lovely|right] [to have|with|to keep|to find] the {room} at {degrees} degrees
        [have|let|make|get] the [heater|thermostat|radiator|heating|stove] [in|of|inside] the {room} [show|say|reach|hit] {degrees} degrees
        [the room called|the place called|see that|check that|so that|until|when|if|provided|] the {room} [reads|shows|reaches|hits|gets|has|holds|keeps|feels|stays at|sits at|stands at|runs at|goes to|comes to|turns|rises to|falls to|drops to|climbs to|settles at|becomes|remains at|ends at|starts at|measures|registers|marks|meets|sees|finds|wants|needs|likes|asks for|takes|gives|makes|lies at|belongs at|lands at|rests at|touches|passes|counts|enjoys|offers|keeps to|lists|tells|says] {degrees} degrees
        the {room} [ought to|should|has to|must|will|can|may|might|could|would|shall|is to|is going to|needs to|wants to|gets to|is about to] [read|show|reach|hit|get|have|hold|keep|feel|stay at|sit at|stand at|run at|go to|come to|turn|rise to|fall to|drop to|climb to|settle at|become|remain at|end at|start at|measure|register|mark|meet|see|find|need|like|take|give|make|lie at|belong at|land at|rest at|touch|pass|count|enjoy|offer|list|tell|say|glow at|shine at|burn at|beam at] {degrees} degrees
        [have|let|make|see|watch|help] the [room|air|thermometer|heater|place] [in|of|at|inside] the {room} [read|show|reach|hit|get|have|hold|keep|feel|stay at|sit at|stand at|run at|go to|come to|turn|rise to|fall to|drop to|climb to|settle at|become|remain at|end at|start at|measure|register|mark|meet|see|find|need|like|take|give|make|lie at|belong at|land at|rest at|touch|pass|count|enjoy|offer|list|tell|say|glow at|shine at|burn at|beam at] {degrees} degrees
        [it|that|this] [would be|is|was|will be|seems|looks] [nice|good|fine|kind|best|great|lovely|useful] to [have|keep|get|see|find|make] the {room} [at|to|with] [a temperature of|a heat of|about|exactly|] {degrees}
        [I'm|I am|I'd be|I feel|we are|we feel] [happy|warm|well|content|cosy|pleased|fine|at ease] [with|at|given] {degrees} degrees [in|inside|within|throughout] the {room}
        """),
      clauses: [
        .room: roomClauses,
        .degrees: clauses(
          """
          to {degrees} degrees/at {degrees} degrees/{degrees} degrees/on {degrees} degrees/with {degrees} degrees
          until it is {degrees} degrees/up to {degrees} degrees/down to {degrees} degrees/exactly {degrees} degrees
          so it has {degrees} degrees/it should be {degrees} degrees/to {degrees}/at {degrees}/of {degrees} degrees
          {degrees} degrees is best/till {degrees} degrees show/and I mean {degrees} degrees/by and by {degrees} degrees
          degrees: {degrees}/about {degrees} degrees/to a temperature of {degrees} degrees/of {degrees}
          """,
          before:
            "at {degrees} degrees/{degrees} degrees/to {degrees} degrees/with {degrees} degrees"),
      ]),
    "set_light": DemoGrammar(
      orders: parts(
        """
        set the light/set the lights/dim the lights/dim the light/turn the lights/change the lights
        brighten the {room}/dim the {room}/make the lights shine/put the lights/light the {room}
        set the brightness/change the brightness/bring the lamps/let the lamps glow/turn the lamps
        light up the {room}/switch the lights/move the brightness/give me {level} percent light
        set {level} percent brightness/use {level} percent of the light/make it {level} percent bright
        shine/adapt the lamps/regulate the light/have the lights/let there be light
        """),
      statements: parts(
        """
        lights/light/brightness/the lights should be/the light is to be/{level} percent light
        the lamps are to shine/I want the lights/{level} percent brightness/the {room} lights go
        {level} percent is bright enough/we need light/the brightness should be/the {room} lamps are
        it should be {level} percent bright/I see best with {level} percent light/lamps/the light goes
        the {room} light has to be/the {room} lights must shine/a brightness of {level} percent
        the {room} [ought to|should|has to|must|will|can|may|might] [be|shine|glow|get] at {level} percent light
        the [lights|lamps|light|bulbs] [in|of|inside] the {room} [belong|stay|go|rest|sit|end|shine|burn|land] at {level} percent
        [see|check|take care|arrange] that the {room} lights [get to|hit|reach|show|stay at|glow at] {level} percent
        [how|so] bright the {room} [is|gets|lights are|looks|feels], [make it|I want|set] {level} percent
        [have|let|make|get] the [lights|lamps|bulbs|light] [in|of] the {room} [shine|glow|burn|stay|sit] at {level} percent
        [raise|lower|push|pull|slide|move] the {room} lights [until|till|so that|so] [they|it] [hit|show|reach|are|say] {level} percent
        the brightness [of|in|for] the {room} [belongs|stays|goes|rests|ends|climbs|falls] [at|to] {level} percent
        the [lights|lamps|bulbs|light|brightness] [in|of|inside|for] the {room} [reads|shows|reaches|hits|gets|has|holds|keeps|feels|stays at|sits at|stands at|runs at|goes to|comes to|turns|rises to|falls to|drops to|climbs to|settles at|becomes|remains at|ends at|starts at|measures|registers|marks|meets|sees|finds|wants|needs|likes|asks for|takes|gives|makes|lies at|belongs at|lands at|rests at|touches|passes|counts|enjoys|offers|keeps to|lists|tells|says] {level} percent
        the {room} [lights|lamps|light] [ought to|should|has to|must|will|can|may|might|could|would|shall|is to|is going to|needs to|wants to|gets to|is about to] [read|show|reach|hit|get|have|hold|keep|feel|stay at|sit at|stand at|run at|go to|come to|turn|rise to|fall to|drop to|climb to|settle at|become|remain at|end at|start at|measure|register|mark|meet|see|find|need|like|take|give|make|lie at|belong at|land at|rest at|touch|pass|count|enjoy|offer|list|tell|say|glow at|shine at|burn at|beam at] {level} percent
        [have|let|make|see|watch|help] the [lights|lamps|bulbs] [in|of|at|inside] the {room} [read|show|reach|hit|get|have|hold|keep|feel|stay at|sit at|stand at|run at|go to|come to|turn|rise to|fall to|drop to|climb to|settle at|become|remain at|end at|start at|measure|register|mark|meet|see|find|need|like|take|give|make|lie at|belong at|land at|rest at|touch|pass|count|enjoy|offer|list|tell|say|glow at|shine at|burn at|beam at] {level} percent
        [can|could|may|shall|should|might] we [have|get|see|keep|find|let] the [lights|lamps|light] [in|of|inside] the {room} [read|show|reach|hit|get|have|hold|keep|feel|stay at|sit at|stand at|run at|go to|come to|turn|rise to|fall to|drop to|climb to|settle at|become|remain at|end at|start at|measure|register|mark|meet|see|find|need|like|take|give|make|lie at|belong at|land at|rest at|touch|pass|count|enjoy|offer|list|tell|say|glow at|shine at|burn at|beam at] {level} percent
        [change|control|set|fix|choose|pick] how [bright|dark|strong|light] the {room} [is|lights are|looks|gets], {level} percent [now|then|please|today|instead|]
        """),
      clauses: [
        .room: roomClauses,
        .level: clauses(
          """
          to {level} percent/at {level} percent/{level} percent/on {level} percent/with {level} percent
          until they are at {level} percent/up to {level} percent/down to {level} percent/exactly {level} percent
          so they are at {level} percent/it should be {level} percent/level {level} percent/of {level} percent
          {level} percent is best/till they show {level} percent/and I mean {level} percent/by {level} percent
          level: {level} percent/about {level} percent/to {level}%/at {level}%/{level} percent bright
          """,
          before: "at {level} percent/{level} percent/to {level} percent/with {level} percent"),
      ]),
    "play_music": DemoGrammar(
      orders: parts(
        """
        play {title}/play a song/play some music/put on {title}/start the music/hear {title}/play the track {title}
        start {title}/play {artist}/put on {artist}/let me hear {title}/play me {title}/turn on {title}
        turn on some music/sing {title}/have {title} played/let {title} play/play the song called {title}
        find {title}/choose {title}/stream {title}/get {title} on the radio/dance to {title}/queue {title}
        play the tune {title}/listen to {artist}/add {title} to the music/play that piece {title}/enjoy {title}
        """),
      statements: parts(
        """
        music/song/a song/I want to hear {title}/we want music/{title} should play/I love {title}
        now {title}/the song is {title}/some {artist}/it is time for {title}/I would like {title}
        my song is {title}/next up {title}/some music now/{title} would be good/I miss {title}
        play list: {title}/the next song is {title}/I think of {title}/a bit of {artist}/I like {artist}
        {artist} [ought to|should|has to|must|will|can|may|might] [sing|play|perform|do|give us] {title}
        [the mood|my mood|the day|this hour|the evening] [calls for|needs|wants|asks for|is for] {title} by {artist}
        [that|this|one] [song|track|tune|hit|number|piece] {artist} [plays|sings|recorded|made|did|calls|named], {title}
        {title}, a [song|tune|track|hit|piece|number] [by|of|from] {artist}
        [I'm|we're|I am|we are] [thinking of|hoping for|waiting for|missing|dying for|in need of] {title} by {artist}
        [line|set|cue|warm|bring|load] up {artist} [and|with|singing|playing] {title}
        [shall|can|could|may|should] we [hear|have|enjoy|play] {title}, [by|from|sung by] {artist}
        {artist} [with|and|doing|singing|performing] {title}, [music|song|some music|play|a song] please
        [some|a little|a bit of|more] music [now|please|today|then]: {artist} [with|and|singing|performing|playing] {title}
        [I'm|I am|we are|we're] in [the|a|some] [mood|spirit|state|place] [for|to hear] [the song|the tune|] {title} [by|from|of] {artist}
        [how about|what about|why not|let's|shall we] [hear|hearing|listen to|listening to|enjoy] {title}, [a|the|one] [song|tune|track|piece] [by|of|from] {artist}
        [stream|start|repeat|crank up|loop|spin] [that|the|this|one] [song|tune|track|piece] [by|of|from] {artist} [called|named|titled|known as] {title}
        """),
      clauses: [
        .title: clauses(
          """
          the song {title}/song {title}/called {title}/named {title}/with {title}/{title}/it is {title}
          the title is {title}/title: {title}/namely {title}/and the song is {title}/playing {title}
          singing {title}/and I mean {title}/the one called {title}/with the track {title}
          """,
          before: "the song {title}/{title}/called {title}/title {title}/as to {title}"),
        .artist: clauses(
          """
          by {artist}/by {artist}/from {artist}/sung by {artist}/{artist} plays it/played by {artist}
          the band is {artist}/artist: {artist}/it is by {artist}/as {artist} sings it/of {artist}/{artist} sings
          written by {artist}/recorded by {artist}/with {artist} singing/the one by {artist}/made by {artist}
          """,
          before: "by {artist}/from {artist}/{artist}/I like {artist}/as to {artist}"),
      ]),
    "get_directions": DemoGrammar(
      orders: parts(
        """
        give me directions/show me the way/find the way/show the route/take me there/plan a route/guide me
        get me to {place}/take me to {place}/bring me to {place}/lead me to {place}/find {place}/navigate
        show me how to get to {place}/find a route/give directions/tell me the way/map the way
        start the navigation/help me get to {place}/go to {place}/tell me how to reach {place}
        draw the way/look up the road/search the way/direct me/get us there/show {place} on the map
        """),
      statements: parts(
        """
        directions/route/the way/how do I get there/I want to go to {place}/where is {place}/a route
        which way is it/I need directions/I need the way/how does one get to {place}/navigation
        what is the road/I have to be at {place}/we are going to {place}/I am looking for {place}
        how far is {place}/we go to {place}/the way to {place}/I am on my way/I am lost/I travel
        I have no idea how to reach {place}/what road leads to {place}/do you know {place}
        [what|which] [bus|road|way|street|path|lane] [gets|takes|brings|carries|leads] me [over|out|up|down|across|] to {place}
        [draw|chart|sketch|trace|lay out|work out] [me|us] [a|the] [route|way|path|road] [for|to|towards|as far as] {place}
        I'm [hoping|trying|going|about|supposed|ready] to [get|reach|go|be|arrive] [to|at] {place}
        [steer|head|walk|send|move|route] [me|us] [towards|over to|to|up to|near] {place}
        [getting|going|reaching|heading|moving] to {place} [is|will be|should be] [{mode}|{mode} this time|{mode} today]
        {place} [is|will be|should be] [my|our|the] [goal|aim|target|next stop|destination]
        [when|while|as|if] I [go|travel|am|come] {mode}, [how|which way|what road] to {place}
        [draw|map|sketch|find|trace|chart|figure out|work out] [me|us|] [a|the|some|one] [route|way|road|path|course] [for|to|toward|towards|of] [getting to|going to|coming to|arriving at|] {place} {mode}
        [what|which] [route|way|road|path] [brings|gets|takes|leads|carries|moves] [me|us] [to|over to|down to|up to|across to|out to] {place} [when|if|as|while] I [go|am|travel|come|move] {mode}
        I [want|plan|hope|intend|mean|wish|aim|expect|need] [on|to|] [getting|going|be|travel|get|go|head|arrive|be taken] to {place} {mode}, [which|what] [way|road|route] [is|would be|seems|looks] [best|good|right|shortest|quickest]
        [steer|head|go|move|drive|travel|guide|lead] [towards|to|toward|for] {place}, {mode} [today|now|then|again|this once|please|]
        """),
      clauses: [
        .place: clauses(
          """
          to {place}/to {place}/towards {place}/and the goal is {place}/I want to reach {place}/for {place}
          destination {place}/up to {place}/place: {place}/to get to {place}/ending at {place}
          as far as {place}/it is {place} I want/so I can be at {place}/that leads to {place}/over to {place}
          """,
          before:
            "to {place}/{place}/for {place}/I am going to {place}/towards {place}/I have to go to {place}"
        ),
        .mode: clauses(
          """
          {mode}/{mode}/{mode}/{mode}/and I go {mode}/going {mode}/I am {mode}/this time {mode}
          when {mode}/if I go {mode}/I will be {mode}/I travel {mode}/as I am {mode}/best {mode}/only {mode}
          """,
          before: "{mode}/when I go {mode}/I am {mode}/if I travel {mode}/going {mode}"),
      ]),
    "set_reminder": DemoGrammar(
      orders: parts(
        """
        remind me to {task}/set a reminder/create a reminder/remind me/make a reminder/add a reminder
        remind us to {task}/tell me to {task}/let me know to {task}/help me remember to {task}
        make me {task}/send me a reminder/put in a reminder/do not let me forget/keep reminding me to {task}
        save a reminder/see that I {task}/alert me/poke me/write a reminder/have a reminder ready
        make me think of it/give me a reminder/ask me to {task}/order me to {task}/show a reminder
        """),
      statements: parts(
        """
        reminder/a reminder/new reminder/I need a reminder/I must {task}/I have to {task}/I should {task}
        there should be a reminder/I might forget to {task}/I want to be reminded/I will {task}
        I plan to {task}/it is on me to {task}/someone has to {task}, that is me/one reminder
        I never remember to {task}/a reminder is needed/I would forget to {task}/my plan: {task}
        my reminder is to {task}/the reminder says {task}/I ought to {task}/I am supposed to {task}
        I [always|often|never|may|might|will|keep|easily|surely|usually] [forget|miss|fail|omit] to {task}
        [do not|don't|never] let [it get|the clock pass|the hour be|it become] {time} [before|unless|until|without] [you remind me|a reminder] to {task}
        a [reminder|note|nudge|ping|message] [ought to|should|has to|must|will|can|may] [come|appear|show|reach me|arrive] at {time}: {task}
        [nudge|ping|poke|prod|push|alert|warn|tell] me [so|so that|and then|because] I {task}
        [help|it would help|it helps|do help] me [remember|think of it|not forget]: {task} at {time}
        when [the clock says|it gets to|it becomes|we have] {time}, [I|I should|I must|we] {task}
        [reminding|telling|nudging|poking|asking] me to {task} [at|by|around] {time} [helps|is needed|would be good]
        [nudge|poke|prod|remind|alert|tell|warn] me [with|by|through] a [reminder|note|ping|message] [so|so that|and] I {task}, [at|say|around|by] {time}
        I [always|often|usually|never|mostly|surely|tend to|will] [forget|fail|neglect|remember too late|omit] to {task}; [a|one|the] [reminder|nudge|ping|note] at {time} [helps|is good|is wanted|is welcome|saves me]
        [do not|don't|never] let {time} [pass|slip by|come|arrive|be over|slide] [without|before] [a reminder|you reminding me|my reminder|telling me] to {task}
        a [reminder|note|ping|nudge] [ought to|should|has to|must|will|can|may|might|could|would|shall|is to|is going to|needs to|wants to|gets to|is about to] [show up|come|appear|arrive|ring|flash] at {time}: {task}
        """),
      clauses: [
        .time: clock,
        .task: clauses(
          """
          to {task}/to {task}/that I {task}/so that I {task}/because I must {task}/for me to {task}
          it says {task}/text: {task}/saying {task}/I have to {task}/with the text {task}/{task}
          the task is to {task}/I need to {task}/about this: {task}/and then I {task}/task: {task}
          since I should {task}/as I want to {task}/in order to {task}/which says to {task}
          """,
          before:
            "to {task}/{task}/I have to {task}/I must {task}/I want to {task}/in order to {task}"),
      ]),
    "book_table": DemoGrammar(
      orders: parts(
        """
        book a table/reserve a table/get a table/get us a table/book seats/reserve seats/find a table
        make a reservation/hold a table/ask for a table/call for a table/book a place/order a table
        reserve {place}/book {place}/call {place}/ring up {place}/ask {place} for a table/phone {place}
        get me a reservation/keep a table/arrange a dinner/plan a dinner/save a table/make a booking
        have a table ready/organise a table/eat at {place}/have {place} keep a table/write to {place}
        """),
      statements: parts(
        """
        table/reservation/booking/a table/dinner/lunch/we want to eat/we need a table/I want a table
        we are hungry/a table is needed/there should be a table/dinner at {place}/we are {people} people
        {people} of us are hungry/we dine at {place}/{people} people want to eat/we go out to eat
        I am taking {people} people out/a booking is needed/{people} guests are coming/we eat at {place}
        {place} should have a table/I'd like to dine/our table/{people} seats/{people} places/we have guests
        {place} [ought to|should|has to|must|will|can|may|might] [keep|hold|have|give|save|set] [us|me] a table
        [secure|grab|find|hold|snatch|arrange|fix|win] [us|me|them] a table [at|in|over at|inside] {place}
        [call|ring|phone|mail|ask|contact] [ahead to|up|over to|] {place} [about|for|because of|regarding] {people} [seats|places|people]
        [dining|eating|a dinner|lunch|a meal] [for|with|of] {people} at {place} [around|at|from|by] {time}
        {people} [guests|friends|people|eaters|colleagues] [join me|come along|will dine|are invited|will be there] [at|in] {place}
        I'm [planning|going|about|ready|trying] to [dine|eat|feast|have dinner|meet for lunch] [with|among] {people} [people|friends|guests] at {place}
        a [table|booking|group|party|reservation] of {people} [at|in|over at] {place} [around|from|at|by] {time}
        [secure|save|find|get|grab|hold|fix] [us|me] a table [over at|up at|at|down at|in] {place}, [party|group|set|band] of {people}, {time}
        {people} [guests|friends|people|others|colleagues] [ought to|should|has to|must|will|can|may|might|could|would|shall|is to|is going to|needs to|wants to|gets to|is about to] [join me|come|come along|dine|eat|show up], so [hold|get|book|save|find] a table [at|in] {place} [from|at|by|around] {time}
        [phone|ring|call|mail|ask|write to] [ahead to|up|over to|in at|] {place} [about|for|regarding|over] a table [seating|for|of|with] {people} at {time}
        I'm [looking|going|planning|wanting|eager] to [dine|eat|sup|have lunch] [with|at] a table of {people} [at|in] {place} [around|at|about|near] {time}
        """),
      clauses: [
        .place: clauses(
          """
          at {place}/at {place}/in {place}/place: {place}/and it is {place}/over in {place}/at the place {place}
          the place is {place}/where {place} is/and I mean {place}/near or in {place}/eating at {place}
          """,
          before: "at {place}/{place}/in {place}/we like {place}/I called {place}/as to {place}"),
        .people: clauses(
          """
          for {people}/for {people} people/for {people} guests/with {people} people/we are {people}/{people} people
          with {people} seats/there are {people} of us/{people} will come/people: {people}/for a group of {people}
          {people} in all/{people} of us/we will be {people} people/seats for {people}/for us {people}
          with {people} chairs/for {people} friends/and {people} guests come/to seat {people}/for {people} of us
          """,
          before: """
            for {people}/for {people} people/we are {people}/{people} people/there are {people} of us
            with {people} guests/{people} guests/for {people} friends
            """),
        .time: clock,
      ]),
  ]
}
