extension DemoLexicon {
  /// The words that fill the slots of the test rows.
  ///
  /// None of them is in the text that the embedded model is pre-trained on, so old books had a say in
  /// the choice.
  static let test = DemoLexicon(
    names: words(
      """
      Priya, Keiko, Oluwaseun, Thandiwe, Xiomara, Joaquin, Siobhan, Bjorn, Yusuf, Zofia, Kwame, Ingrid,
      Rafael, Leilani, Nkechi, Hiroshi, Saoirse, Mateusz, Aaliyah, Tobias, Giulia, Fatima, Eilidh, Sven,
      Anjali, Wolfgang, Beatriz, Dagny, Chidi, Esperanza, Matilda, Callum, Rhiannon, Desmond, Kiran,
      Lucinda, Octavio, Marisol, Rosalba, Tamsin, the electrician, the babysitter, my roommate
      """),
    surnames: words(
      """
      Okafor, Lindqvist, Delgado, Kowalski, Nakamura, Hargreaves, Papadopoulos, McAllister, Fernandes,
      Abernathy, Villanueva, Thornbury, Szabo, Goldstein, Mukherjee, Vandermeer
      """),
    titles: words("Coach, Nurse, Judge"),
    things: words(
      """
      kayak, dehumidifier, trampoline, accordion, wheelbarrow, hammock, microscope, thermostat, skateboard,
      blender, spreadsheet, saxophone, projector, dishwasher, binoculars, surfboard, toolbox, headphones,
      lawnmower, chainsaw, terrarium, flashlight, suitcase, smoke detector, tripod, snowboard, router,
      espresso machine, windscreen, typewriter, ukulele, aquarium filter, gas meter, birdhouse
      """),
    qualities: words(
      """
      turquoise, foldable, dented, inflatable, cordless, shockproof, vintage, ceramic, collapsible, rechargeable
      """),
    occasions: words(
      """
      pottery class, karate, the vet, physiotherapy, the podcast, band rehearsal, lasagna, the orthodontist,
      kickboxing, sourdough, the carpool, night shift, mindfulness, the webinar, brisket, hot yoga retreat,
      pickleball, the plumbing inspection, badminton, zumba, the fundraiser, volleyball, quiche, tax paperwork,
      ramen, cardio, the ferry to Skye, watering ferns, origami, violin tuning
      """),
    foods: words(
      """
      kumquats, oat milk, tortillas, zucchini, avocados, blueberries, hummus, chickpeas, quinoa,
      maple syrup, tofu, coconut flakes, lentil crisps, peanut butter, mozzarella, papayas,
      granola bars, shampoo, detergent, toothpaste, cereal boxes, bagels, croissants, dog biscuits,
      sticky tape, aluminium foil, paprika, soy sauce, noodles, edamame, cranberries, rice vinegar
      """),
    rooms: words(
      """
      sunroom, mudroom, home cinema, loft conversion, pottery studio, greenhouse annex, walk-in wardrobe,
      game den, craft corner, rooftop terrace, server closet, music nook, utility room, boiler room,
      treehouse, en suite, yoga annexe, wine vault, breakfast nook
      """),
    places: words(
      """
      the aquarium, the planetarium, the ice rink, the recycling centre, the climbing wall, the skate park,
      the botanical gardens, the art supply shop, the bus depot, the food court, the community centre,
      the car wash, the garden centre, the noodle bar, the observatory dome, the bowling alley
      """),
    placeKinds: words("Terrace, Bistro, Plaza, Clinic, Crescent, Diner, Wharf, Brewery"),
    chores: words(
      """
      descale, defrost, recycle, photograph, pressure-wash, unplug, vacuum, unbox, insure, rewire, donate,
      disinfect, reboot, calibrate
      """),
    states: words(
      """
      overheating, on backorder, under warranty, out of stock, leaking again, stuck in customs,
      double booked, next to the freezer, missing a screw, on sale this week, making weird noises
      """),
    songs: words(
      """
      Copper Lanterns, Velvet Highway, Neon Orchard, Midnight Laundromat, Satellite Garden, Paper Tigers,
      Cinnamon Skyline, Echoes of Marfa, Electric Lagoon, Tangerine Dust, Postcards from Oslo,
      Rollercoaster Hearts, Umbrella Weather, Lavender Smoke, Gravel and Honey, Carousel Nights
      """),
    bands: words(
      """
      The Marble Foxes, Static Bloom, The Quiet Volcanoes, Nova Pilgrims, Cactus Parade, Juniper Vale,
      The Rusty Anchors, Hollow Metropolis, Zebra Kites, The Lunar Tides, Polar Postmen, Ember Quartet
      """),
    numbers: heldOutNumbers)
}
