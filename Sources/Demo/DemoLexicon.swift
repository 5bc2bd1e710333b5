/// The words that fill the slots, one list for the rows to learn from and one for the test rows.
struct DemoLexicon {
  let names: [String]
  let surnames: [String]
  let titles: [String]
  let things: [String]
  let qualities: [String]
  let occasions: [String]
  let foods: [String]
  let rooms: [String]
  let places: [String]
  let placeKinds: [String]
  let chores: [String]
  let states: [String]
  let songs: [String]
  let bands: [String]
  let numbers: [Int]

  /// Numbers that only test rows name.
  static let heldOutNumbers = [
    14, 16, 19, 21, 28, 29, 33, 38, 44, 47, 53, 57, 61, 66, 72, 78, 83, 89, 94,
  ]

  static let train = DemoLexicon(
    names: words(
      """
      Anna, Ben, Clara, David, Emma, Frank, Grace, Henry, Irene, Jack, Kate, Leo, Maria, Nina, Oscar,
      Paul, Quinn, Rosa, Sam, Tom, Ursula, Victor, Will, Yara, Zoe, Alice, Boris, Carl, Diana, Edgar,
      Fiona, George, Hannah, Ivan, Julia, Kurt, Laura, Martin, Nora, Olga, Peter, Ruth, Simon, Tina,
      Vera, Walter, Amir, Bruno, Chloe, Dora, Elias, Farid, Gwen, Hugo, Isla, Jonas, Karim, Lena, Milo,
      Nadia, Owen, Pablo, Rita, Sofia, Theo, Una, Vince, Wendy, Ali, Bella, Carmen, Dylan, Eva, Felix,
      Gina, Hans, Ida, Joan, Kai, Lucy, Max, Noel, Olive, Pia, Ron, Sara, Tara, Uma, Viola, Mum, Dad,
      Grandma, my sister, my brother, my boss, the plumber, the dentist, the landlord
      """),
    surnames: words(
      """
      Baker, Carter, Dixon, Evans, Fisher, Grant, Harris, Jones, Keller, Lopez, Miller, Nolan, Parker,
      Reed, Smith, Turner, Walsh, Young, Brandt, Costa, Meyer, Novak, Rossi, Weber, Hill, Wood
      """),
    titles: words("Dr, Mr, Mrs, Ms, Aunt, Uncle, Cousin, Professor"),
    things: words(
      """
      bag, ball, basket, battery, bench, bicycle, bill, blanket, boat, book, bottle, bowl, box, broom,
      brush, bucket, button, cable, cake, camera, candle, car, card, carpet, chair, charger, clock, coat,
      computer, cup, curtain, desk, door, drawer, dress, drill, fan, fence, flag, floor, fork, form,
      freezer, fridge, garden, gate, glass, glove, grill, guitar, hammer, hat, heater, helmet, hose,
      jacket, jar, kettle, key, knife, ladder, lamp, laptop, letter, lock, map, mattress, mirror, mop,
      needle, notebook, oven, paint, pan, paper, passport, pen, pencil, phone, photo, piano, picture,
      pillow, pipe, plant, plate, pot, printer, radio, report, ring, roof, rope, rug, saw, scarf,
      screen, shelf, shirt, shoe, sink, soap, sofa, spade, spoon, stamp, stove, suit, table, tap, tent,
      ticket, tie, tile, toaster, toilet, towel, toy, tray, truck, tub, van, vase, wall, wallet,
      watch, wheel, window, wire
      """),
    qualities: words(
      """
      big, small, red, blue, green, black, white, old, new, long, short, warm, cold, clean, dirty, dry,
      wet, heavy, light, soft, hard, round, flat, open, empty, full, broken, fresh, plain, sweet, quiet,
      loud, fast, slow, early, late, cheap, wooden, yellow, brown, spare, second, best, winter, summer,
      garden, office, school, family, weekend, silver, golden, bright, dark, wild, deep, high, low
      """),
    occasions: words(
      """
      gym, school run, yoga, breakfast, lunch, dinner, laundry, work, the bus, the train, football,
      swimming, choir, the market, bread, pasta, eggs, tea, coffee, rice, a nap, homework, a walk,
      the meeting, the interview, the exam, medicine, the dog, the baby, prayers, a run, cleaning,
      reading, the news, the flight, the concert, the party, church, the garden, soup, the roast, cake,
      pizza, the oven, a break, stretching, piano practice, the call, the film, the match, dance class
      """),
    foods: words(
      """
      apples, bananas, bread, butter, cheese, eggs, flour, milk, onions, oranges, pasta, pears, plums,
      potatoes, rice, salt, sugar, tea bags, tomatoes, carrots, beans, peas, lemons, limes, grapes, nuts,
      oats, honey, jam, ham, bacon, sausages, fish, beef, chicken, lamb, corn, cabbage, lettuce, celery,
      garlic, ginger, pepper, mustard, vinegar, oil, cream, yoghurt, biscuits, crackers, chocolate,
      coffee, juice, water, beer, wine, soap, sponges, candles, napkins, batteries, light bulbs, pens,
      paper towels, bin bags, plates, cups, envelopes, stamps, nails, screws
      """),
    rooms: words(
      """
      kitchen, bedroom, bathroom, living room, dining room, hall, study, office, garage, attic, cellar,
      basement, guest room, spare room, hallway, landing, porch, playroom, laundry room, workshop,
      library, main bedroom, front room, back room, upstairs bathroom, shed, entrance, staircase
      """),
    places: words(
      """
      the airport, the library, the museum, the station, the park, the beach, the hospital, the school,
      the market, the post office, the bank, the stadium, the theatre, the harbour, the town hall,
      the swimming pool, the zoo, the castle, the hotel, the pharmacy, the supermarket, the bakery
      """),
    placeKinds: words(
      """
      Street, Road, Lane, Park, Station, Cafe, Square, Bridge, House, Garden, Hotel, Market, Hall,
      School, Museum, Grill, Inn, Kitchen, Corner, Tower, Beach, Avenue, Court, Farm, Hill
      """),
    chores: words(
      """
      wash, clean, fix, buy, sell, check, charge, fill, empty, paint, move, lift, find, bring, collect,
      return, send, print, sign, close, open, cover, dry, fold, hang, pack, order, pay for, look at,
      pick up, put away, take out, turn off, tidy, replace, test, cut, carry, drop off, ask about
      """),
    states: words(
      """
      ready, late, broken, empty, full, open, closed, clean, dirty, cold, hot, wet, dry, lost, found, here,
      gone, on the table, in the car, at the door, on the roof, under the bed, in the garden, too small,
      too big, almost done, not working, very old, brand new, by the window, on fire, sold
      """),
    songs: words(
      """
      Morning Light, Blue River, Golden Road, Dancing Shoes, Summer Rain, Winter Song, Long Way Home,
      Silver Moon, City Lights, Broken Wheel, Open Door, Paper Boats, Red Balloon, Slow Train, Old Friends,
      Green Hills, Empty Chairs, Bright Eyes, Wild Horses, Deep Water, High Tide, Night Drive, Sweet Tea
      """),
    bands: words(
      """
      The Lamps, The Blue Coats, The Open Doors, The Long Boats, The Red Chairs, The Night Birds,
      The Paper Hats, The Silver Keys, The Wild Plants, The Old Radios, Green Carpet, Slow Kettle
      """),
    numbers: (1...100).filter { !heldOutNumbers.contains($0) })
}
